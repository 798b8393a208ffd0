package io.k3j.testkitcsi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// What `node-driver-registrar` does beside a driver: it tells the kubelet, on a socket of its own, where the driver
/// listens, and is told what became of that. From its making to its end. Any thread.
public final class Registrar implements AutoCloseable {
    private static final ProtoMessages MESSAGES = new ProtoMessages(ProtoFile.of("pluginregistration.proto"));
    private final List<Struct> told = new CopyOnWriteArrayList<>();
    private final Struct info;
    private final ByteServer server;

    /// Listens on a socket, which must not be there.
    ///
    /// @param name of the driver
    /// @param endpoint its socket, where the kubelet finds it
    public Registrar(Path socket, String name, Path endpoint) throws IOException {
        info = Struct.of("type", "CSIPlugin", "name", name, "endpoint", endpoint.toString(), "supported_versions",
                Seq.of("1.0.0"));
        server = new ByteServer(socket,
                Map.of("pluginregistration.Registration", List.of("GetInfo", "NotifyRegistrationStatus")),
                (_, method, request, to) -> call(method, request, to));
    }

    private void call(String method, byte[] request, StreamObserver<byte[]> to) {
        try {
            if (method.equals("GetInfo")) {
                to.onNext(MESSAGES.write("PluginInfo", info));
            } else {
                told.add(MESSAGES.read("RegistrationStatus", request));
                to.onNext(MESSAGES.write("RegistrationStatusResponse", Struct.EMPTY));
            }
            to.onCompleted();
        } catch (AssertionError e) {
            to.onError(Status.INTERNAL.withDescription(e.getMessage()).asRuntimeException());
        }
    }

    /// What the kubelet has told, with the names of the released file.
    public List<Struct> told() {
        return List.copyOf(told);
    }

    /// Whether the kubelet has registered the driver.
    public boolean registered() {
        return told.stream().anyMatch(t -> t.flag("plugin_registered"));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
