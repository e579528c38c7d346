"""Trains the digit reader of this folder and writes everything that the demo runs on:

    pip install torch==2.13.0 scikit-learn
    PYTHONHASHSEED=0 python train.py

    digits.pt       the scripted model
    pictures/*.png  ten test pictures that it was not trained on
    expected.pt     what PyTorch answers for each of them

The pictures are scans of handwriting, 8 by 8 pixels: "Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak;
UCI Machine Learning Repository, CC BY 4.0), which scikit-learn ships.
"""

import pathlib
import struct
import sys
import zlib
from typing import List, Tuple

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent.parent / "tests" / "oracle"))
import portable_sources  # noqa: E402, F401
TEST_PICTURES = 400


class DigitReader(nn.Module):
    """Looks at a picture; as long as it is not sure, looks again from another angle, and answers with the mean."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.pool = nn.MaxPool2d(2)
        self.conv3 = nn.Conv2d(32, 32, 3, padding=1)
        self.hidden = nn.Linear(32 * 2 * 2, 64)
        self.answer = nn.Linear(64, 10)
        self.shifts: List[Tuple[int, int]] = [(0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)]
        self.sure = 0.999

    def logits(self, x: Tensor) -> Tensor:
        x = torch.relu(self.norm1(self.conv1(x)))
        x = self.pool(torch.relu(self.norm2(self.conv2(x))))
        x = self.pool(torch.relu(self.conv3(x)))
        return self.answer(torch.relu(self.hidden(x.flatten(1))))

    def look(self, x: Tensor) -> Tensor:
        return torch.softmax(self.logits(x), 1)[0]

    def moved(self, x: Tensor, down: int, right: int) -> Tensor:
        height, width = x.size(2), x.size(3)
        out = torch.zeros_like(x)
        if down >= 0:
            out[:, :, down:] = x[:, :, : height - down]
        else:
            out[:, :, :down] = x[:, :, -down:]
        x = out.clone()
        out[:] = 0
        if right >= 0:
            out[:, :, :, right:] = x[:, :, :, : width - right]
        else:
            out[:, :, :, :right] = x[:, :, :, -right:]
        return out

    def forward(self, picture: Tensor) -> Tuple[int, Tensor, int]:
        """(H, W) or (1, H, W) bytes -> the digit, the probabilities of all ten, how many looks it took."""
        if picture.dim() == 3:
            picture = picture[0]
        elif picture.dim() != 2:
            raise ValueError("expected one picture in grey, got {} dimensions".format(picture.dim()))
        x = picture[None, None].float()
        peak = float(x.max())
        if peak > 0:
            x = x / peak  # faint handwriting reads like any other
        probabilities = self.look(x)
        looks = 1
        for down, right in self.shifts:
            if float(probabilities.max()) >= self.sure:
                break
            looks += 1
            probabilities += (self.look(self.moved(x, down, right)) - probabilities) / looks
        best, digit = torch.max(probabilities, 0)
        return int(digit), probabilities, looks


def write_png(path: pathlib.Path, picture: Tensor) -> None:
    height, width = picture.shape
    rows = b"".join(b"\0" + bytes(row.tolist()) for row in picture)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def train(model: DigitReader, pictures: Tensor, digits: Tensor) -> None:
    epochs, batch = 60, 64
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=epochs * (len(pictures) // batch))
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(pictures))
        for start in range(0, len(pictures) - batch + 1, batch):
            chosen = order[start : start + batch]
            x = pictures[chosen].float().unsqueeze(1)
            x = x / x.amax((1, 2, 3), keepdim=True)
            down, right = torch.randint(-1, 2, (2,)).tolist()
            loss = nn.functional.cross_entropy(model.logits(model.moved(x, down, right)), digits[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    model.eval()


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    data = load_digits()
    pictures = (torch.tensor(data.images) * 255 / 16).round().to(torch.uint8)
    digits = torch.tensor(data.target)
    order = torch.randperm(len(pictures))
    test, training = order[:TEST_PICTURES], order[TEST_PICTURES:]

    model = DigitReader()
    train(model, pictures[training], digits[training])
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    scripted = torch.jit.script(model)

    answers = [scripted(pictures[i]) for i in test]
    right = sum(answer[0] == int(digits[i]) for answer, i in zip(answers, test))
    looks = [answer[2] for answer in answers]
    print(f"{right} of {len(test)} test pictures right, {sum(looks) / len(looks):.2f} looks on average")

    # One picture of each digit: of the even ones the first in the test set, of the odd ones the one that took the most looks.
    torch.jit.save(scripted, str(HERE / "digits.pt"))
    scripted = torch.jit.load(str(HERE / "digits.pt"))
    (HERE / "pictures").mkdir(exist_ok=True)
    expected = {}
    for digit in range(10):
        candidates = [n for n, i in enumerate(test) if int(digits[i]) == digit]
        n = candidates[0] if digit % 2 == 0 else max(candidates, key=lambda c: looks[c])
        picture = pictures[test[n]]
        name = f"{digit}.png"
        write_png(HERE / "pictures" / name, picture)
        read, probabilities, taken = scripted(picture)
        expected[name] = (read, probabilities.clone(), taken)
        print(f"{name}: reads {read}, {float(probabilities.max()):.4f}, {taken} looks")
    torch.save(expected, HERE / "expected.pt")
    print(f"digits.pt: {(HERE / 'digits.pt').stat().st_size} bytes")


if __name__ == "__main__":
    main()
