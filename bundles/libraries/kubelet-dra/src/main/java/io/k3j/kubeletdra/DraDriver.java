package io.k3j.kubeletdra;

import io.k3j.protobufwire.MalformedMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// A driver that is registered on this node. Any thread; each call but [#health] blocks for
/// [#LIMIT] at most.
///
/// @param registrar the socket by which it was registered
/// @param socket where it listens
/// @param version of its service: `v1` or `v1beta1`
record DraDriver(String name, Path registrar, DraSocket socket, String version) {
    /// Upstream's `PluginClientTimeout`.
    private static final Duration LIMIT = Duration.ofSeconds(45);

    /// Has claims prepared, each again and again if need be.
    ///
    /// @return by the claims' uids
    Map<String, DraMessages.Answer> prepare(List<ClaimInfo> claims) throws IOException {
        return call("NodePrepareResources", claims, DraMessages::prepared);
    }

    /// Has claims taken back.
    ///
    /// @return by the claims' uids
    Map<String, DraMessages.Answer> unprepare(List<ClaimInfo> claims) throws IOException {
        return call("NodeUnprepareResources", claims, DraMessages::unprepared);
    }

    /// What it says of its devices' health, until it ends: without a limit.
    ///
    /// @throws IOException as [DraSocket#stream]
    void health(Consumer<byte[]> receiver) throws IOException {
        socket.stream("/v1alpha1.DRAResourceHealth/NodeWatchResources", receiver);
    }

    private Map<String, DraMessages.Answer> call(String method, List<ClaimInfo> claims,
            Function<byte[], Map<String, DraMessages.Answer>> read) throws IOException {
        try {
            return read.apply(socket.call("/k8s.io.kubelet.pkg.apis.dra." + version + ".DRAPlugin/" + method,
                    DraMessages.claims(claims), LIMIT));
        } catch (IOException e) {
            throw new IOException(method + " of DRA driver " + name + " failed: " + e.getMessage(), e);
        } catch (MalformedMessage e) {
            throw new IOException(method + " of DRA driver " + name + " has a malformed answer: " + e.getMessage(), e);
        }
    }
}
