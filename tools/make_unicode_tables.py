#!/usr/bin/env python3
"""Writes src/text/unicode_tables.cpp from the class ranges and the NFC data of Unicode 16.

    tools/make_unicode_tables.py unicode_classes.json nfc_tables.json > src/text/unicode_tables.cpp

unicode_classes.json: {"L": {"onig": [[first, last], ...]}, ...} for L N M s Lu Lt Ll, as the regex engines of the
tokenizer libraries see them. nfc_tables.json: one-step canonical decompositions, combining classes, composition
exclusions, and the marks that Hugging Face's older tables take for class 0.
"""
import json
import sys

LETTER, NUMBER, MARK, SPACE, UPPER, LOWER, WORD, NFC_CHECK = (1 << bit for bit in range(8))

# \w is L, M, Nd, Nl, Pc, Join_Control and Other_Alphabetic. Of N that leaves out category No, listed here; of the
# other categories it takes in WORD_BESIDE_LETTERS.
NUMBERS_NOT_WORD = """B2-B3 B9 BC-BE 9F4-9F9 B72-B77 BF0-BF2 C78-C7E D58-D5E D70-D78 F2A-F33 1369-137C 17F0-17F9 19DA
2070 2074-2079 2080-2089 2150-215F 2189 2460-249B 24EA-24FF 2776-2793 2CFD 3192-3195 3220-3229 3248-324F 3251-325F
3280-3289 32B1-32BF A830-A835 10107-10133 10175-10178 1018A-1018B 102E1-102FB 10320-10323 10858-1085F 10879-1087F
108A7-108AF 108FB-108FF 10916-1091B 109BC-109BD 109C0-109CF 109D2-109FF 10A40-10A48 10A7D-10A7E 10A9D-10A9F
10AEB-10AEF 10B58-10B5F 10B78-10B7F 10BA9-10BAF 10CFA-10CFF 10E60-10E7E 10F1D-10F26 10F51-10F54 10FC5-10FCB
11052-11065 111E1-111F4 1173A-1173B 118EA-118F2 11C5A-11C6C 11FC0-11FD4 16B5B-16B61 16E80-16E96 1D2C0-1D2D3
1D2E0-1D2F3 1D360-1D378 1E8C7-1E8CF 1EC71-1ECAB 1ECAD-1ECAF 1ECB1-1ECB4 1ED01-1ED2D 1ED2F-1ED3D 1F100-1F10C"""
WORD_BESIDE_LETTERS = """5F 200C-200D 203F-2040 2054 24B6-24E9 FE33-FE34 FE4D-FE4F FF3F 1F130-1F149 1F150-1F169
1F170-1F189"""


def parse_ranges(text):
    for item in text.split():
        first, _, last = item.partition("-")
        yield int(first, 16), int(last or first, 16)


def class_flags(classes, nfc):
    flags = bytearray(0x110000)

    def mark(ranges, bits):
        for first, last in ranges:
            for code in range(first, last + 1):
                flags[code] |= bits

    for name, bits in [("L", LETTER | WORD), ("N", NUMBER | WORD), ("M", MARK | WORD), ("s", SPACE), ("Lu", UPPER),
                       ("Lt", UPPER), ("Ll", LOWER)]:
        mark(classes[name]["onig"], bits)
    for first, last in parse_ranges(NUMBERS_NOT_WORD):
        for code in range(first, last + 1):
            flags[code] &= ~WORD
    mark(parse_ranges(WORD_BESIDE_LETTERS), WORD)

    # NFC may change a text only where one of these stands: a non-zero class, a character that a composition can
    # take as its second, or one that never stands in NFC (its decomposition is excluded from composition).
    excluded = {int(code, 16) for code in nfc["composition_excluded"]}
    for code in excluded:
        flags[code] |= NFC_CHECK
    for code, parts in nfc["decomposition"].items():
        if int(code, 16) not in excluded and len(parts) == 2:
            flags[int(parts[1], 16)] |= NFC_CHECK
    for first, last, _ in combining_classes(nfc):
        mark([(first, last)], NFC_CHECK)
    mark([(0x1161, 0x1175), (0x11A8, 0x11C2)], NFC_CHECK)  # Hangul vowels and final consonants
    return flags


def combining_classes(nfc):
    ignored = {int(code, 16) for code in nfc["hugging_face_class_0"]}
    by_code = {}
    for value, ranges in nfc["combining_class"].items():
        for first, last in ranges:
            by_code.update({code: int(value) for code in range(first, last + 1) if code not in ignored})
    runs = []
    for code in sorted(by_code):
        if runs and runs[-1][1] == code - 1 and runs[-1][2] == by_code[code]:
            runs[-1][1] = code
        else:
            runs.append([code, code, by_code[code]])
    return runs


def write_array(name, type_name, items, out):
    out.write(f"extern const {type_name} {name}[{len(items)}] = {{\n")
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > 118:
            out.write(line + "\n")
            line = "   "
        line += f" {item},"
    out.write(line + "\n};\n")
    out.write(f"extern const unsigned {name}Count = {len(items)};\n\n")


def main():
    classes = json.load(open(sys.argv[1]))
    nfc = json.load(open(sys.argv[2]))
    flags = class_flags(classes, nfc)
    runs = [code for code in range(0x110000) if code == 0 or flags[code] != flags[code - 1]]
    excluded = {int(code, 16) for code in nfc["composition_excluded"]}

    out = sys.stdout
    out.write("// Written by tools/make_unicode_tables.py for Unicode " + nfc["unicode"] + "; unicode.h says what the "
              "numbers mean.\n"
              "// clang-format off\n"
              '#include "text/unicode_tables.h"\n\nnamespace bantam::unicode_tables {\n\n')
    write_array("kClassRuns", "uint32_t", [f"0x{code << 8 | flags[code]:X}" for code in runs], out)
    write_array("kCombiningClasses", "CombiningClass",
                [f"{{0x{first:X},0x{last:X},{value}}}" for first, last, value in combining_classes(nfc)], out)
    decompositions = sorted((int(code, 16), [int(part, 16) for part in parts])
                            for code, parts in nfc["decomposition"].items())
    write_array("kDecompositions", "Decomposition",
                [f"{{0x{code:X},0x{parts[0]:X},0x{(parts + [0])[1]:X},{int(code not in excluded)}}}"
                 for code, parts in decompositions], out)
    out.write("}  // namespace bantam::unicode_tables\n")


main()
