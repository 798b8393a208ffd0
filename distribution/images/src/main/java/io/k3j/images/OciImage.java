package io.k3j.images;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// An image as an OCI layout in a tar, for one or several architectures, one layer each. See
/// <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>.
final class OciImage {
    private static final String TYPE = "application/vnd.oci.image.";
    private final String name;
    private final String config;
    private final Tar tar = new Tar();
    private final List<String> manifests = new ArrayList<>();

    /// @param name the full name with a tag
    /// @param config the `config` object of the image, as JSON
    OciImage(String name, String config) {
        this.name = name;
        this.config = config;
        tar.file("oci-layout", 0644, utf8("{\"imageLayoutVersion\":\"1.0.0\"}"));
        tar.directory("blobs", 0755).directory("blobs/sha256", 0755);
    }

    /// Adds the image of one architecture.
    OciImage with(String architecture, byte[] layer) {
        String diff = blob(layer);
        byte[] conf = utf8("{\"created\":\"1970-01-01T00:00:00Z\",\"architecture\":\"" + architecture
                + "\",\"os\":\"linux\",\"config\":" + config + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                + diff
                + "\"]},\"history\":[{\"created_by\":\"k3j\"}]}");
        String confDigest = blob(conf);
        byte[] manifest = utf8("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE + "manifest.v1+json\",\"config\":"
                + descriptor("config.v1+json", confDigest, conf.length, "") + ",\"layers\":["
                + descriptor("layer.v1.tar", diff, layer.length, "") + "]}");
        manifests.add(descriptor("manifest.v1+json", blob(manifest), manifest.length,
                ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}"));
        return this;
    }

    private static String descriptor(String type, String digest, int size, String more) {
        return "{\"mediaType\":\"" + TYPE + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + more + "}";
    }

    private String blob(byte[] content) {
        try {
            String hex = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            tar.file("blobs/sha256/" + hex, 0644, content);
            return "sha256:" + hex;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The archive.
    byte[] done() {
        byte[] list = utf8("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE + "index.v1+json\",\"manifests\":["
                + String.join(",", manifests) + "]}");
        String more = ",\"annotations\":{\"io.containerd.image.name\":\"" + name
                + "\",\"org.opencontainers.image.ref.name\":\"" + name.substring(name.lastIndexOf(':') + 1) + "\"}";
        String index = "{\"schemaVersion\":2,\"manifests\":["
                + descriptor("index.v1+json", blob(list), list.length, more) + "]}";
        tar.file("index.json", 0644, utf8(index));
        return tar.done();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
