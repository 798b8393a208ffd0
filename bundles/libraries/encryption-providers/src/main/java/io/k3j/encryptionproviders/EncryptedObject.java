package io.k3j.encryptionproviders;

import io.k3j.apimachinery.Names;
import io.k3j.encryption.UnreadableRow;
import io.k3j.metricstext.Hashes;
import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What lies in a row behind the provider's name: upstream's `EncryptedObject` of
/// `k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2/v2`. Nobody changes the arrays.
///
/// @param data the content, sealed with the data key
/// @param keyId of the key that the service has sealed the data key with
/// @param source the data key, sealed by the service
/// @param annotations what the service wants to see again with it
/// @param type whether the data key is one (0) or a seed (1)
record EncryptedObject(byte[] data, String keyId, byte[] source, SortedMap<String, byte[]> annotations, long type) {
    /// The data key opens rows as it is.
    static final long KEY = 0;
    /// The data key gives each row its own.
    static final long SEED = 1;
    private static final int MAX_KEY_ID_BYTES = 1 << 10;
    private static final int MAX_SOURCE_BYTES = 1 << 10;
    private static final int MAX_ANNOTATIONS_BYTES = 32 << 10;

    /// A seed that a service has sealed, with no content yet.
    static EncryptedObject ofSeed(String keyId, byte[] source, SortedMap<String, byte[]> annotations) {
        return new EncryptedObject(new byte[0], keyId, source, annotations, SEED);
    }

    /// The same with a content.
    EncryptedObject with(byte[] sealed) {
        return new EncryptedObject(sealed, keyId, source, annotations, type);
    }

    /// Reads a row behind its prefix.
    /// @throws UnreadableRow when it is none, or one that no server writes
    static EncryptedObject read(byte[] row) {
        try {
            EncryptedObject read = read(new WireIn(row));
            String why = read.data.length == 0 ? "encrypted data is empty" : read.problem();
            if (!why.isEmpty()) {
                throw new UnreadableRow("it is damaged: " + why);
            }
            return read;
        } catch (MalformedMessage e) {
            throw new UnreadableRow("it is damaged: " + e.getMessage());
        }
    }

    private static EncryptedObject read(WireIn in) {
        byte[] data = new byte[0];
        String keyId = "";
        byte[] source = new byte[0];
        SortedMap<String, byte[]> annotations = new TreeMap<>();
        long type = KEY;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> data = in.raw();
                case 2 -> keyId = in.text();
                case 3 -> source = in.raw();
                case 4 -> annotation(in.message(), annotations);
                case 5 -> type = in.number();
                default -> in.skip();
            }
        }
        return new EncryptedObject(data, keyId, source, annotations, type);
    }

    /// An entry of a `map<string, bytes>`.
    static void annotation(WireIn in, Map<String, byte[]> into) {
        String name = "";
        byte[] value = new byte[0];
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> name = in.text();
                case 2 -> value = in.raw();
                default -> in.skip();
            }
        }
        into.put(name, value);
    }

    /// Writes such a map.
    static void annotations(WireOut out, int field, SortedMap<String, byte[]> annotations) {
        for (Map.Entry<String, byte[]> entry : annotations.entrySet()) {
            int mark = out.mark();
            out.bytes(2, entry.getValue());
            out.text(1, entry.getKey());
            out.message(field, mark);
        }
    }

    /// As it lies in the row.
    byte[] bytes() {
        WireOut out = new WireOut(data.length + source.length + keyId.length() + 64);
        if (type != KEY) {
            out.number(5, type);
        }
        annotations(out, 4, annotations);
        out.bytes(3, source);
        out.text(2, keyId);
        out.bytes(1, data);
        return out.bytes();
    }

    /// What upstream would not take of it, its content aside; empty: nothing.
    String problem() {
        if (type != KEY && type != SEED) {
            return "unknown encryptedDEKSourceType: " + type;
        }
        if (source.length == 0) {
            return "failed to validate encrypted DEK source: encrypted DEK source is empty";
        }
        if (source.length > MAX_SOURCE_BYTES) {
            return "failed to validate encrypted DEK source: encrypted DEK source is " + source.length
                    + " bytes, which exceeds the max size of " + MAX_SOURCE_BYTES;
        }
        String id = problemOfKeyId(keyId);
        return id.isEmpty() ? problemOfAnnotations() : "failed to validate key id: " + id;
    }

    /// What is wrong with an id; empty: nothing.
    static String problemOfKeyId(String id) {
        int length = id.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0) {
            return "keyID is empty";
        }
        return length <= MAX_KEY_ID_BYTES ? ""
                : "keyID is " + length + " bytes, which exceeds the max size of " + MAX_KEY_ID_BYTES;
    }

    private String problemOfAnnotations() {
        long size = 0;
        for (Map.Entry<String, byte[]> entry : annotations.entrySet()) {
            String name = entry.getKey();
            if (!domain(name)) {
                return "failed to validate annotations: a name is no fully qualified domain name";
            }
            size += (long) name.length() + entry.getValue().length;
        }
        return size <= MAX_ANNOTATIONS_BYTES ? ""
                : "failed to validate annotations: total size of annotations is " + size
                        + ", which exceeds the max size of " + MAX_ANNOTATIONS_BYTES;
    }

    private static boolean domain(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        List<String> labels = List.of(bare.split("\\.", -1));
        return labels.size() > 1 && Names.subdomain(bare).isEmpty()
                && labels.stream().allMatch(label -> Names.label(label).isEmpty());
    }

    /// The same for all rows with this data key, and for no others.
    String keyDigest() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(source.length + keyId.length() + 64);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeLong(type);
            out.writeInt(source.length);
            out.write(source);
            out.writeUTF(keyId);
            for (Map.Entry<String, byte[]> entry : annotations.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue().length);
                out.write(entry.getValue());
            }
            return HexFormat.of().formatHex(Hashes.of(bytes.toByteArray()));
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
    }
}
