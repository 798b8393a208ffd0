package io.k3j.schemagen;

import io.k3j.schemagen.Definition.Property;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;

/// Writes `schema.bin`. Its form, all numbers big-endian, `v` a variable-length number:
///
/// ```
/// 'K3JS' · 1 · strings: n, (n+1) offsets, bytes · definitions: n, n × (name, offset), bytes
/// · kinds: n, n × (group, version, kind, definition) · descriptions: raw length, deflated length, bytes
/// definition: type, flags, v description, v fields, field…
/// field: v name, flags, numbers, v number…, node
/// node: type, v flags, v description, then what the flags announce in their order
/// ```
/// Descriptions are numbered from 1; 0 is none. Inflated they are: n, (n+1) offsets, bytes.
final class BinWriter {
    static final List<String> TYPES = List.of("OBJECT", "MAP", "LIST", "STRING", "INT32", "INT64", "NUMBER", "BOOLEAN",
            "INT_OR_STRING", "QUANTITY", "TIME", "MICRO_TIME", "DURATION", "BYTES", "FIELDS", "ANY");
    private final Texts strings = new Texts();
    private final Texts descriptions = new Texts();
    private final List<String> names;

    BinWriter(Map<String, Definition> definitions) {
        names = List.copyOf(definitions.keySet());
        descriptions.index("");
    }

    static byte[] bytes(Map<String, Definition> definitions) {
        return new BinWriter(definitions).write(definitions);
    }

    private byte[] write(Map<String, Definition> definitions) {
        Buffer index = new Buffer();
        Buffer bodies = new Buffer();
        Buffer kinds = new Buffer();
        int kindCount = 0;
        for (Definition d : definitions.values()) {
            index.number(strings.index(d.name())).number(bodies.size());
            definition(bodies, d);
            for (String gvk : d.gvk()) {
                for (String part : gvk.split("/", -1)) {
                    kinds.number(strings.index(part));
                }
                kinds.number(names.indexOf(d.name()));
                kindCount++;
            }
        }
        byte[] told = descriptions.bytes();
        byte[] packed = deflated(told);
        Buffer all = new Buffer();
        all.text("K3JS").one(1).all(strings.bytes());
        all.number(definitions.size()).number(bodies.size()).all(index.bytes()).all(bodies.bytes());
        all.number(kindCount).all(kinds.bytes()).number(told.length).number(packed.length).all(packed);
        return all.bytes();
    }

    private void definition(Buffer b, Definition d) {
        b.one(TYPES.indexOf(d.type())).one(d.atomic() ? 1 : 0).small(descriptions.index(d.description()));
        b.small(d.properties().size());
        for (Property p : d.properties()) {
            b.small(strings.index(p.name()));
            b.one(bit(p.required(), 1) | bit(p.flags().contains("p"), 2) | bit(p.flags().contains("a"), 4)
                    | bit(p.flags().contains("n"), 8) | bit(p.flags().contains("v"), 16));
            b.one(p.numbers().size());
            p.numbers().forEach(b::small);
            node(b, p.node());
        }
    }

    private static int bit(boolean set, int value) {
        return set ? value : 0;
    }

    private void node(Buffer b, Node n) {
        Node.Rules r = n.rules();
        b.one(TYPES.indexOf(n.type()));
        b.small(bit(!n.ref().isEmpty(), 1) | bit(n.items() != null, 2) | bit(n.wrapped(), 4)
                | bit(r.strategy().contains("merge"), 8) | bit(r.strategy().contains("retainKeys"), 16)
                | bit(r.strategy().equals("replace"), 32) | bit(!r.mergeKey().isEmpty(), 64)
                | bit(r.listType().equals("set"), 128) | bit(r.listType().equals("map"), 256)
                | bit(r.mapType().equals("atomic"), 512) | bit(r.mapType().equals("granular"), 1024)
                | bit(!n.defaultJson().isEmpty(), 2048) | bit(!n.choices().isEmpty(), 4096));
        b.small(descriptions.index(n.description()));
        if (!n.ref().isEmpty()) {
            b.small(names.indexOf(n.ref()));
        }
        if (n.items() != null) {
            node(b, n.items());
        }
        if (!r.mergeKey().isEmpty()) {
            b.small(strings.index(r.mergeKey()));
        }
        if (r.listType().equals("map")) {
            list(b, r.mapKeys());
        }
        if (!n.defaultJson().isEmpty()) {
            b.small(strings.index(n.defaultJson()));
        }
        if (!n.choices().isEmpty()) {
            list(b, n.choices());
        }
    }

    private void list(Buffer b, List<String> values) {
        b.small(values.size());
        values.forEach(v -> b.small(strings.index(v)));
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater d = new Deflater(Deflater.BEST_COMPRESSION, true);
        d.setInput(bytes);
        d.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        while (!d.finished()) {
            out.write(chunk, 0, d.deflate(chunk));
        }
        d.end();
        return out.toByteArray();
    }

    /// Texts, each kept once.
    private static final class Texts {
        private final Map<String, Integer> index = new LinkedHashMap<>();

        int index(String text) {
            Integer known = index.putIfAbsent(text, index.size());
            return known == null ? index.size() - 1 : known;
        }

        byte[] bytes() {
            Buffer offsets = new Buffer();
            Buffer text = new Buffer();
            for (String s : new ArrayList<>(index.keySet())) {
                offsets.number(text.size());
                text.all(s.getBytes(StandardCharsets.UTF_8));
            }
            offsets.number(text.size());
            return new Buffer().number(index.size()).all(offsets.bytes()).all(text.bytes()).bytes();
        }
    }

    private static final class Buffer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        int size() {
            return out.size();
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        Buffer one(int value) {
            out.write(value);
            return this;
        }

        Buffer number(int value) {
            return one(value >>> 24).one(value >>> 16).one(value >>> 8).one(value);
        }

        Buffer small(int value) {
            int rest = value;
            for (; rest > 127; rest >>>= 7) {
                one(rest & 127 | 128);
            }
            return one(rest);
        }

        Buffer text(String ascii) {
            return all(ascii.getBytes(StandardCharsets.US_ASCII));
        }

        Buffer all(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }
    }
}
