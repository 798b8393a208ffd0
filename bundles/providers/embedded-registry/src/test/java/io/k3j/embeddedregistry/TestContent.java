package io.k3j.embeddedregistry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Content as containerd lays it down, and an image of two layers of which the index names a platform that is not here.
final class TestContent {
    static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
    static final String MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
    final Path root;
    final String layer;
    final String config;
    final String manifest;
    final String index;

    /// @param words the first layer's content
    TestContent(Path root, String words) throws IOException {
        this.root = root;
        layer = add(words);
        config = add("{\"os\":\"linux\",\"for\":\"" + words + "\"}");
        manifest = add("{\"config\":{\"digest\":\"" + config + "\"},\"layers\":[{\"digest\":\"" + layer
                + "\"},{\"digest\":\"" + add("second layer") + "\"}]}");
        index = add("{\"manifests\":[{\"mediaType\":\"" + MANIFEST_TYPE + "\",\"digest\":\"" + manifest
                + "\"},{\"mediaType\":\"" + MANIFEST_TYPE + "\",\"digest\":\"" + digest("another platform") + "\"}]}");
    }

    ContainerdImages.Stored image(String name) {
        return new ContainerdImages.Stored(name, new Descriptor(INDEX_TYPE, index));
    }

    String add(String content) throws IOException {
        Path blobs = root.resolve("io.containerd.content.v1.content/blobs/sha256");
        Files.createDirectories(blobs);
        Files.writeString(blobs.resolve(digest(content).substring("sha256:".length())), content);
        return digest(content);
    }

    static String digest(String content) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
