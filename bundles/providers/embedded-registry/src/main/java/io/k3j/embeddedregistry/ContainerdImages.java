package io.k3j.embeddedregistry;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The images of containerd's namespace `k8s.io`, with the digests of their manifests, which CRI does not tell of
/// imported ones. See containerd's `api/services/images/v1/images.proto`. One connection for each look; blocks.
final class ContainerdImages {
    private static final String LIST = "/containerd.services.images.v1.Images/List";
    private static final Map<String, String> NAMESPACE = Map.of("containerd-namespace", "k8s.io");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final Path socket;

    /// @param socket of containerd; connected when it is asked
    ContainerdImages(Path socket) {
        this.socket = socket;
    }

    /// An image as containerd keeps it.
    ///
    /// @param name in full
    /// @param target its manifest or index
    record Stored(String name, Descriptor target) {
    }

    /// All images.
    ///
    /// @throws IOException when containerd does not answer
    List<Stored> list() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                GrpcConnection connection = new GrpcConnection(channel, "embedded-registry-images", NAMESPACE)) {
            return images(connection.call(LIST, new byte[0], LIMIT));
        } catch (GrpcFailure | MalformedMessage e) {
            throw new IOException("containerd does not tell its images: " + e.getMessage(), e);
        }
    }

    /// Reads a `ListImagesResponse`.
    ///
    /// @throws MalformedMessage when it is none
    static List<Stored> images(byte[] message) {
        List<Stored> all = new ArrayList<>();
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                all.add(image(in.message()));
            } else {
                in.skip();
            }
        }
        return all;
    }

    private static Stored image(WireIn in) {
        String name = "";
        Descriptor target = Descriptor.NONE;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> name = in.text();
                case 3 -> target = descriptor(in.message());
                default -> in.skip();
            }
        }
        return new Stored(name, target);
    }

    private static Descriptor descriptor(WireIn in) {
        String type = "";
        String digest = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> type = in.text();
                case 2 -> digest = in.text();
                default -> in.skip();
            }
        }
        return new Descriptor(type, digest);
    }
}
