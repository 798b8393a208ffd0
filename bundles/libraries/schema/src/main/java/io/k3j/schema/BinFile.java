package io.k3j.schema;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The bytes of `schema.bin`. Opening it finds its parts and decodes nothing; texts are decoded when they are asked
/// for, and descriptions may be forgotten again. The form is told in the build's `BinWriter`.
///
/// Made for a quick start: a server looks at some of the types and hardly ever at a description. All numbers that have
/// a fixed place are 32 bits, big-endian; the others are [Cursor]'s. Any number of threads; nothing is checked after
/// the first bytes, since the file is part of the product.
final class BinFile {
    /// `K3JS` in ASCII. The byte that follows it is the version of the form.
    private static final int MAGIC = 0x4b334a53;
    /// The whole file. Never written to.
    final byte[] bytes;
    /// How many definitions there are; their positions in the index are 0 to one less.
    final int definitions;
    /// Where the index begins: 8 bytes for each definition, its name and where its body is.
    final int definitionIndex;
    /// Where the bodies begin.
    final int bodies;
    /// How many kinds there are.
    final int kinds;
    /// Where they begin: 16 bytes each, group, version, kind and the position of the definition.
    final int kindIndex;
    /// Where the table of names begins: a count, that many offsets and one more, UTF-8.
    private final int strings;
    /// Where the descriptions begin: their length inflated and deflated, then deflated bytes.
    private final int descriptions;
    /// The names that were asked for, by number.
    private final AtomicReferenceArray<String> decoded;
    /// The inflated descriptions, which only OpenAPI and `kubectl explain` need: forgotten when memory is short, and
    /// made again.
    private volatile SoftReference<byte[]> inflated = new SoftReference<>(null);

    /// @throws IllegalStateException when the bytes do not begin as such a file of this version
    BinFile(byte[] bytes) {
        this.bytes = bytes;
        if (bytes.length < 16 || number(0) != MAGIC || bytes[4] != 1) {
            throw new IllegalStateException("schema.bin is damaged or of another version");
        }
        strings = 5;
        decoded = new AtomicReferenceArray<>(number(strings));
        int at = textEnd(bytes, strings);
        definitions = number(at);
        definitionIndex = at + 8;
        bodies = definitionIndex + definitions * 8;
        int kindsAt = bodies + number(at + 4);
        kinds = number(kindsAt);
        kindIndex = kindsAt + 4;
        descriptions = kindIndex + kinds * 16;
    }

    /// The file in this bundle.
    /// @throws IllegalStateException when it is missing or damaged
    static BinFile load() {
        try (InputStream in = BinFile.class.getResourceAsStream("/io/k3j/schema/schema.bin")) {
            if (in == null) {
                throw new IllegalStateException("schema.bin is missing: build/schema-gen has not run");
            }
            return new BinFile(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("schema.bin cannot be read", e);
        }
    }

    /// A number of 32 bits at a place of the file.
    int number(int at) {
        return number(bytes, at);
    }

    private static int number(byte[] b, int at) {
        return b[at] << 24 | (b[at + 1] & 255) << 16 | (b[at + 2] & 255) << 8 | b[at + 3] & 255;
    }

    /// What follows a table of texts.
    private static int textEnd(byte[] b, int table) {
        int n = number(b, table);
        return table + 4 + (n + 1) * 4 + number(b, table + 4 + n * 4);
    }

    /// One text of a table, at that place of these bytes.
    private static String text(byte[] b, int table, int index) {
        int n = number(b, table);
        int from = number(b, table + 4 + index * 4);
        int to = number(b, table + 8 + index * 4);
        return new String(b, table + 4 + (n + 1) * 4 + from, to - from, StandardCharsets.UTF_8);
    }

    /// A name; the same instance each time. Interned, so that objects of all kinds share the names of their fields with
    /// constants in code.
    String string(int index) {
        String known = decoded.get(index);
        if (known == null) {
            known = text(bytes, strings, index).intern();
            decoded.set(index, known);
        }
        return known;
    }

    /// A description; 0 stands for none and inflates nothing.
    String description(int index) {
        return index == 0 ? "" : text(descriptions(), 0, index);
    }

    private byte[] descriptions() {
        byte[] known = inflated.get();
        if (known == null) {
            known = inflate();
            inflated = new SoftReference<>(known);
        }
        return known;
    }

    /// Two threads may do it at once; one of the two equal results is kept.
    private byte[] inflate() {
        byte[] out = new byte[number(descriptions)];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes, descriptions + 8, number(descriptions + 4));
            for (int n = 0; n < out.length;) {
                int more = inflater.inflate(out, n, out.length - n);
                if (more == 0) {
                    throw new IllegalStateException("schema.bin is damaged: descriptions end early");
                }
                n += more;
            }
            return out;
        } catch (DataFormatException e) {
            throw new IllegalStateException("schema.bin is damaged", e);
        } finally {
            inflater.end();
        }
    }

    /// The position of a definition in the index, -1 when there is none; the index is sorted by name.
    int find(String definition) {
        int low = 0;
        int high = definitions - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = name(middle).compareTo(definition);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /// Upstream's name of the definition at a position of the index.
    String name(int definition) {
        return string(number(definitionIndex + definition * 8));
    }

    /// Where the body of a definition is in the file.
    int body(int definition) {
        return bodies + number(definitionIndex + definition * 8 + 4);
    }

    /// Reads numbers of variable length, from a position on: seven bits a byte, the lowest first, the highest bit set
    /// while more follow, as in protobuf. For one thread.
    final class Cursor {
        private int at;

        Cursor(int at) {
            this.at = at;
        }

        /// Where the next byte is read.
        int at() {
            return at;
        }

        /// One byte, as a number from 0 to 255.
        int one() {
            return bytes[at++] & 255;
        }

        /// A number of variable length.
        int small() {
            int value = 0;
            for (int shift = 0;; shift += 7) {
                int b = bytes[at++];
                value |= (b & 127) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }

        /// A name, by its number.
        String text() {
            return string(small());
        }
    }
}
