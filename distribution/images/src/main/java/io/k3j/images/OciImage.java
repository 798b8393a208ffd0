package io.k3j.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// An image as an OCI layout in a tar, for one or several architectures. One for a single architecture has Docker's own
/// list as well, for `docker load`. See <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>.
public final class OciImage {
    private static final String TYPE = "application/vnd.oci.image.";
    private static final String BLOBS = "blobs/sha256/";
    private final String name;
    private final String config;
    private final Instant created;
    private final Tar tar;
    private final Set<String> written = new HashSet<>();
    private final List<String> manifests = new ArrayList<>();
    private String docker = "";

    /// An image that is complete after [#end].
    ///
    /// @param out where it is written; stays open
    /// @param name the full name with a tag
    /// @param config the `config` object of the image, as JSON
    /// @param created to the second
    public OciImage(OutputStream out, String name, String config, Instant created) throws IOException {
        this.name = name;
        this.config = config;
        this.created = created;
        tar = new Tar(out, created);
        tar.file("oci-layout", 0644, utf8("{\"imageLayoutVersion\":\"1.0.0\"}"));
        tar.directory("blobs", 0755).directory("blobs/sha256", 0755);
    }

    /// Adds the image of one architecture, the lowest layer first.
    public OciImage with(String architecture, List<Layer> layers) throws IOException {
        for (Layer layer : layers) {
            blob(layer);
        }
        Layer conf = blob(Layer.plain(utf8("{\"created\":\"" + created + "\",\"architecture\":\"" + architecture
                + "\",\"os\":\"linux\",\"config\":" + config + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + list(layers, layer -> "\"" + layer.diff() + "\"") + "]},\"history\":["
                + list(layers, layer -> "{\"created_by\":\"k3j\"}") + "]}")));
        Layer manifest = blob(Layer.plain(utf8("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE
                + "manifest.v1+json\",\"config\":" + descriptor("config.v1+json", conf, "") + ",\"layers\":["
                + list(layers, layer -> descriptor("layer.v1." + layer.type(), layer, "")) + "]}")));
        manifests.add(descriptor("manifest.v1+json", manifest,
                ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}"));
        docker = "[{\"Config\":\"" + path(conf) + "\",\"RepoTags\":[\"" + name + "\"],\"Layers\":["
                + list(layers, layer -> "\"" + path(layer) + "\"") + "]}]";
        return this;
    }

    private interface Text {
        String of(Layer layer);
    }

    private static String list(List<Layer> layers, Text text) {
        return layers.stream().map(text::of).collect(Collectors.joining(","));
    }

    private static String descriptor(String type, Layer blob, String more) {
        return "{\"mediaType\":\"" + TYPE + type + "\",\"digest\":\"" + blob.digest() + "\",\"size\":" + blob.size()
                + more + "}";
    }

    private static String path(Layer blob) {
        return BLOBS + blob.digest().substring(blob.digest().indexOf(':') + 1);
    }

    private Layer blob(Layer blob) throws IOException {
        if (written.add(blob.digest())) {
            try (InputStream content = blob.content().open()) {
                tar.file(path(blob), 0644, content, blob.size());
            }
        }
        return blob;
    }

    /// Writes what names the rest.
    public void end() throws IOException {
        Layer list = blob(Layer.plain(utf8("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE
                + "index.v1+json\",\"manifests\":[" + String.join(",", manifests) + "]}")));
        String more = ",\"annotations\":{\"io.containerd.image.name\":\"" + name
                + "\",\"org.opencontainers.image.ref.name\":\"" + name.substring(name.lastIndexOf(':') + 1) + "\"}";
        tar.file("index.json", 0644,
                utf8("{\"schemaVersion\":2,\"manifests\":[" + descriptor("index.v1+json", list, more) + "]}"));
        if (manifests.size() == 1) {
            tar.file("manifest.json", 0644, utf8(docker));
        }
        tar.end();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
