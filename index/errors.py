"""What can go wrong, as one tree.

ZhinanError                 the base: a message for the user, in Chinese, one sentence, no traceback
├── ArticlesError           the articles folder is missing, empty or not to be read
├── EncoderError            the sentence encoder cannot be loaded or run
├── IndexMissingError       there is no index in this folder yet
├── IndexDamagedError       a file of the index is missing, altered or from another version
├── IndexBusyError          another build is writing to this index folder
├── IndexWriteError         the index folder cannot be written (full disk, no permission)
└── InputError              a questions file or an evaluation set is not in its documented form
"""


class ZhinanError(Exception):
    """Base of every error the user is meant to read: one clear sentence in Chinese."""


class ArticlesError(ZhinanError):
    """The articles folder is missing, holds no article, or cannot be read."""


class EncoderError(ZhinanError):
    """The sentence encoder cannot be loaded or run."""


class IndexMissingError(ZhinanError):
    """No index has been built in this folder."""


class IndexDamagedError(ZhinanError):
    """A file of the index is missing, altered, or written by another version."""


class IndexBusyError(ZhinanError):
    """Another build is writing to this index folder."""


class IndexWriteError(ZhinanError):
    """The index folder cannot be written."""


class InputError(ZhinanError):
    """A questions file or an evaluation set is not in its documented form."""
