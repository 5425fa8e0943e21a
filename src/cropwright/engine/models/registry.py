"""The model files we know: what each is for, its licence, where it comes from, its sha256."""

from __future__ import annotations

from dataclasses import dataclass

from cropwright.core.limits import MEBIBYTE

_REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0/"
_ZOO = "https://github.com/opencv/opencv_zoo/raw/"


@dataclass(frozen=True, slots=True)
class Row:
    """One model file."""

    name: str
    task: str
    """"cut-out", "faces", "people" or "body points"."""
    licence: str
    url: str
    """The publisher's own."""
    bytes: int
    sha256: str
    memory_bytes: int
    """What one worker needs for it."""
    mirror: str | None = None
    """The same bytes elsewhere."""

    @property
    def file(self) -> str:
        """The file's name in the models' folder."""
        return f"{self.name}.onnx"

    @property
    def urls(self) -> tuple[str, ...]:
        """Where it can be fetched, best first."""
        return (self.url, self.mirror) if self.mirror else (self.url,)


MODELS: dict[str, Row] = {
    row.name: row
    for row in (
        Row(
            name="u2netp",
            task="cut-out",
            licence="Apache-2.0 (xuebinqin/U-2-Net)",
            url=f"{_REMBG}u2netp.onnx",
            bytes=4_574_861,
            sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
            memory_bytes=400 * MEBIBYTE,
        ),
        Row(
            name="isnet",
            task="cut-out",
            licence="Apache-2.0 (xuebinqin/DIS; its readme does not name the weights)",
            url=f"{_REMBG}isnet-general-use.onnx",
            bytes=178_648_008,
            sha256="60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
            memory_bytes=1300 * MEBIBYTE,
        ),
        Row(
            name="birefnet",
            task="cut-out",
            licence="MIT (ZhengPeng7/BiRefNet)",
            url=f"{_REMBG}BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
            mirror="https://github.com/ZhengPeng7/BiRefNet/releases/download/v1/"
            "BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
            bytes=224_005_088,
            sha256="5600024376f572a557870a5eb0afb1e5961636bef4e1e22132025467d0f03333",
            memory_bytes=13_000 * MEBIBYTE,
        ),
        Row(
            name="yunet",
            task="faces",
            licence="MIT (opencv/opencv_zoo)",
            url=f"{_ZOO}47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_detection_yunet/"
            "face_detection_yunet_2026may.onnx",
            bytes=229_738,
            sha256="ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0",
            memory_bytes=100 * MEBIBYTE,
        ),
        Row(
            name="yolox",
            task="people",
            licence="Apache-2.0 (Megvii-BaseDetection/YOLOX)",
            url="https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/"
            "yolox_nano.onnx",
            bytes=3_659_407,
            sha256="c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
            memory_bytes=100 * MEBIBYTE,
        ),
        Row(
            name="pose",
            task="body points",
            licence="Apache-2.0 (opencv/opencv_zoo)",
            url=f"{_ZOO}main/models/pose_estimation_mediapipe/"
            "pose_estimation_mediapipe_2023mar.onnx",
            mirror="https://huggingface.co/opencv/pose_estimation_mediapipe/resolve/main/"
            "pose_estimation_mediapipe_2023mar.onnx",
            bytes=5_557_238,
            sha256="9d89c599319a18fb7d2e28451a883476164543182bafca5f09eb2cf767ed2f3f",
            memory_bytes=100 * MEBIBYTE,
        ),
    )
}
