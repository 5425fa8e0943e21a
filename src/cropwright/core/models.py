"""Settings of the models: where their files are, what may be fetched, how much each may use."""

from __future__ import annotations

from dataclasses import dataclass

from cropwright.core.limits import MEBIBYTE


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Models that look at pictures."""

    folder: str = "~/.cache/cropwright/models"
    """Folder of the model files; fill it by hand on machines without a network."""
    first_use_bytes: int = 16 * MEBIBYTE
    """Largest model fetched by itself when first needed, in bytes; 0 fetches none."""
    fallback: bool = True
    """Whether plain backdrops are cut out without a model, so labelled, when none is at hand."""
    threads: int = 1
    """Threads of one model in one worker; workers run beside each other already."""
    birefnet: bool = False
    """Whether the model birefnet may be used: it takes 13 GB of memory a worker."""
    u2netp_file: str = ""
    """Your own file in place of the model u2netp; its sha256 is not checked."""
    isnet_file: str = ""
    """Your own file in place of the model isnet; its sha256 is not checked."""
    birefnet_file: str = ""
    """Your own file in place of the model birefnet; its sha256 is not checked."""
    yunet_file: str = ""
    """Your own file in place of the model yunet; its sha256 is not checked."""
    yolox_file: str = ""
    """Your own file in place of the model yolox; its sha256 is not checked."""
    pose_file: str = ""
    """Your own file in place of the model pose; its sha256 is not checked."""

    def own_file(self, model: str) -> str:
        """The operator's own file for a model, or nothing."""
        file: str = getattr(self, f"{model}_file", "")
        return file
