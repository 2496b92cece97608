#!/usr/bin/env python3
"""Writes small valid files for the fuzzers to begin with: seeds.py FOLDER.

Recordings and HDF5 files are added from ../shared where it is there.
"""

import gzip
import io
import pathlib
import struct
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"


def npy(descr, shape, data, fortran=False):
    header = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    header += b" " * ((64 - (len(header) + 11) % 64) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def arrays():
    files = {
        "bytes.npy": npy("|u1", "(2, 2, 2)", bytes(range(8))),
        "floats.npy": npy("<f4", "(2, 1, 2)", struct.pack("<4f", 0, 0.5, 1, 0.2)),
        "labels.npy": npy(">i8", "(3,)", struct.pack(">3q", 1, 2, 3), True),
        "flags.npy": npy("|b1", "(1, 2, 2)", b"\0\1\1\0"),
        "packed.gz": gzip.compress(bytes([0, 0, 8, 1]) + struct.pack(">I", 3) + b"abc"),
    }
    for code, letter in [(8, "B"), (9, "b"), (11, "h"), (12, "i"), (13, "f"), (14, "d")]:
        header = bytes([0, 0, code, 3]) + struct.pack(">3I", 1, 2, 2)
        files[f"type{code}.idx"] = header + struct.pack(f">4{letter}", 0, 1, 1, 0)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("x.npy", files["bytes.npy"])
    files["archive.npz"] = archive.getvalue()
    return files


def events():
    """The first byte chooses the ending: events.cpp."""
    files = {
        "nmnist": b"\0" + bytes.fromhex("030480000a00f000000005060102032121ffffff"),
        "csv": b"\1t,x,y,p\n0,1,2,1\n10,3,4,-1\n",
        "tsv": b"\1# a comment\n0\t1\t2\t1\n",
    }
    for name, first, most in [
        ("tonic_sample.aedat4", 2, 60000),
        ("tonic_sample_ncars.dat", 3, 600),
        ("evt3_sample.raw", 4, 1200),
    ]:
        sample = SHARED / "data/events" / name
        if sample.is_file():
            files[name] = bytes([first]) + sample.read_bytes()[:most]
    return files


def named(paths):
    return {path.name: path.read_bytes() for path in paths}


def main():
    corpus = pathlib.Path(sys.argv[1])
    kinds = {
        "arrays": arrays(),
        "events": events(),
        "network": named(sorted((ROOT / "experiments").glob("*.yaml"))),
        "hdf5": named(sorted((SHARED / "reference/sonata").glob("*.h5"))),
    }
    for kind, files in kinds.items():
        (corpus / kind).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (corpus / kind / name).write_bytes(content)


if __name__ == "__main__":
    main()
