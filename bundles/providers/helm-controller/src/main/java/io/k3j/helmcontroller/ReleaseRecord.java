package io.k3j.helmcontroller;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Helm's record of a revision: JSON, packed by gzip, in base64; in a Secret that once more. Pure.
final class ReleaseRecord {
    /// Ten times what a chart's archive may have in Helm is not read into the server's memory.
    static final int MOST_BYTES = 32 << 20;

    private ReleaseRecord() {
    }

    /// The record with the status `failed`; as it is when it cannot be read.
    ///
    /// @param secret whether it is in a Secret
    static String failed(String data, boolean secret) {
        Struct release = readable(data, secret);
        if (release.isEmpty()) {
            return data;
        }
        Struct info = release.struct("info").with("status", "failed").with("description",
                "the operation was interrupted");
        return packed(Json.bytes(release.with("info", info)), secret);
    }

    /// The record with a manifest of what is served now ([RemovedApis]); the same text when that changes nothing, or
    /// when it cannot be read: what is to be done about that one is for Helm, which passes over damaged records.
    static String mapped(String data, boolean secret) {
        Struct release = readable(data, secret);
        String manifest = release.text("manifest");
        String mapped = RemovedApis.mapped(manifest);
        return mapped.equals(manifest) ? data : packed(Json.bytes(release.with("manifest", mapped)), secret);
    }

    private static Struct readable(String data, boolean secret) {
        try {
            byte[] unpacked = unpacked(data, secret);
            return unpacked.length == 0 ? Struct.EMPTY : Json.object(unpacked);
        } catch (UncheckedIOException | IllegalArgumentException | MalformedInput damaged) {
            return Struct.EMPTY;
        }
    }

    /// What Helm says of how the revision came about; empty when the record cannot be read.
    static String description(String data, boolean secret) {
        return readable(data, secret).struct("info").text("description");
    }

    /// What is inside; nothing when that is more than [#MOST_BYTES].
    static byte[] unpacked(String data, boolean secret) {
        byte[] text = secret ? Base64.getDecoder().decode(data) : data.getBytes(StandardCharsets.US_ASCII);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            return in.read() < 0 ? bytes : new byte[0];
        } catch (IOException broken) {
            throw new UncheckedIOException("the record of the release is damaged", broken);
        }
    }

    private static String packed(byte[] json, boolean secret) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] text = Base64.getEncoder().encode(out.toByteArray());
        return secret
                ? Base64.getEncoder().encodeToString(text)
                : new String(text, StandardCharsets.US_ASCII);
    }
}
