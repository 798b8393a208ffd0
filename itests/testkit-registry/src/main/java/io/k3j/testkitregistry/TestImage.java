package io.k3j.testkitregistry;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An image as a registry keeps it.
///
/// @param manifest its manifest or index
/// @param type the media type of the manifest
/// @param blobs everything else, by digest; further manifests of an index, too
public record TestImage(byte[] manifest, String type, Map<String, byte[]> blobs) {
    private static final int BLOCK = 512;
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /// One that cannot run, with a file of this content.
    public static TestImage of(byte[] content) {
        byte[] layer = tar("file", content);
        byte[] config = ("{\"architecture\":\"" + architecture() + "\",\"os\":\"linux\",\"config\":{},\"rootfs\":"
                + "{\"type\":\"layers\",\"diff_ids\":[\"" + digest(layer) + "\"]}}").getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                + descriptor("application/vnd.oci.image.config.v1+json", config) + ",\"layers\":["
                + descriptor("application/vnd.oci.image.layer.v1.tar", layer) + "]}").getBytes(StandardCharsets.UTF_8);
        return new TestImage(manifest, MANIFEST, Map.of(digest(layer), layer, digest(config), config));
    }

    /// The first image of an archive in OCI's layout.
    public static TestImage of(Path archive) throws IOException {
        Map<String, byte[]> blobs = new HashMap<>();
        Struct first = Struct.EMPTY;
        byte[] all = Files.readAllBytes(archive);
        int at = 0;
        while (at + BLOCK < all.length && all[at] != 0) {
            String name = text(all, at, 100);
            int size = Integer.parseInt(text(all, at + 124, 12).strip(), 8);
            byte[] content = new byte[size];
            System.arraycopy(all, at + BLOCK, content, 0, size);
            if (name.equals("index.json")) {
                first = Json.object(content).seq("manifests").structs().getFirst();
            } else if (name.startsWith("blobs/sha256/") && size > 0) {
                blobs.put("sha256:" + name.substring("blobs/sha256/".length()), content);
            }
            at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        return new TestImage(Objects.requireNonNull(blobs.get(first.text("digest"))), first.text("mediaType"), blobs);
    }

    private byte[] blob(Struct descriptor) {
        return Objects.requireNonNull(blobs.get(descriptor.text("digest")));
    }

    /// The same with one file more in a layer of its own: no node has it.
    public TestImage with(byte[] content) {
        byte[] plain = manifest;
        if (type.contains("index")) {
            plain = blob(Json.object(manifest).seq("manifests").structs().getFirst());
        }
        Struct old = Json.object(plain);
        byte[] layer = tar("added", content);
        Struct oldConfig = Json.object(blob(old.struct("config")));
        List<Object> ids = new ArrayList<>(oldConfig.struct("rootfs").seq("diff_ids").texts());
        ids.add(digest(layer));
        byte[] config = Json.bytes(oldConfig.withAt(Seq.copyOf(ids), "rootfs", "diff_ids"));
        List<Object> layers = new ArrayList<>(old.seq("layers").structs());
        layers.add(Json.object(descriptor("application/vnd.oci.image.layer.v1.tar", layer).getBytes(
                StandardCharsets.UTF_8)));
        byte[] fresh = Json.bytes(old.with("layers", Seq.copyOf(layers)).with("config",
                Json.object(descriptor("application/vnd.oci.image.config.v1+json", config).getBytes(
                        StandardCharsets.UTF_8))));
        Map<String, byte[]> all = new HashMap<>(blobs);
        all.put(digest(layer), layer);
        all.put(digest(config), config);
        return new TestImage(fresh, MANIFEST, all);
    }

    private static String text(byte[] bytes, int from, int length) {
        String text = new String(bytes, from, length, StandardCharsets.US_ASCII);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    private static byte[] tar(String name, byte[] content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", content.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        ByteBuffer all = ByteBuffer.allocate(BLOCK + (content.length + BLOCK - 1) / BLOCK * BLOCK + 2 * BLOCK);
        all.put(header).put(content);
        return all.array();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    private static String descriptor(String type, byte[] content) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest(content) + "\",\"size\":" + content.length
                + "}";
    }

    /// `sha256:…` of anything.
    public static String digest(byte[] content) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
