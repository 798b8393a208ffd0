package io.k3j.testkitcsi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/// A driver with its registrar, both on one socket, from its making to its end. It makes the directories that it is
/// asked to publish, or the file of a device, and removes them; what it answers may be changed meanwhile. Any thread.
public final class CsiDriver implements AutoCloseable {
    private static final ProtoMessages CSI = new ProtoMessages(ProtoFile.of("csi.proto"));
    private static final ProtoMessages REGISTRATION = new ProtoMessages(ProtoFile.of("pluginregistration.proto"));
    private static final String REGISTRAR = "pluginregistration.Registration";
    private static final int TOO_MUCH = 10 << 20;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Struct> answers = new ConcurrentHashMap<>();
    private final Map<String, Status> refusals = new ConcurrentHashMap<>();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final ByteServer server;

    /// A call that came.
    ///
    /// @param method without its service
    /// @param request with the names of the released file
    public record Call(String method, Struct request) {
    }

    /// What a driver may do wrong.
    public enum Fault {
        /// It takes a call and never answers.
        HANGS,
        /// Its answer has ten megabytes.
        TALKS
    }

    /// Listens on a socket, which must not be there.
    ///
    /// @param name of the driver
    /// @param abilities numbers of `NodeServiceCapability.RPC.Type`
    public CsiDriver(Path socket, String name, int... abilities) throws IOException {
        answers.put("GetInfo", Struct.of("type", "CSIPlugin", "name", name, "endpoint", socket.toString(),
                "supported_versions", Seq.of("1.0.0")));
        answers.put("GetPluginInfo", Struct.of("name", name));
        answers.put("NodeGetInfo", Struct.of("node_id", "id-of-node"));
        answers.put("NodeGetCapabilities", Struct.of("capabilities", Seq.copyOf(IntStream.of(abilities)
                .mapToObj(a -> Struct.of("rpc", Struct.of("type", a))).toList())));
        server = new ByteServer(socket, Map.of("csi.v1.Identity", List.of("GetPluginInfo"), "csi.v1.Node",
                List.of("NodeGetInfo", "NodeGetCapabilities", "NodeStageVolume", "NodeUnstageVolume",
                        "NodePublishVolume", "NodeUnpublishVolume", "NodeExpandVolume", "NodeGetVolumeStats"),
                REGISTRAR, List.of("GetInfo", "NotifyRegistrationStatus")), this::called);
    }

    private void called(String service, String method, byte[] bytes, StreamObserver<byte[]> to) {
        try {
            Struct request = request(service, method, bytes);
            calls.add(new Call(method, request));
            answer(service, method, request, to);
        } catch (AssertionError | IOException e) {
            to.onError(Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
        }
    }

    private void answer(String service, String method, Struct request, StreamObserver<byte[]> to) throws IOException {
        Fault fault = faults.get(method);
        if (fault == Fault.HANGS) {
            return;
        }
        Status refusal = refusals.get(method);
        if (refusal != null) {
            to.onError(refusal.asRuntimeException());
            return;
        }
        act(method, request);
        to.onNext(fault == Fault.TALKS ? new byte[TOO_MUCH]
                : response(service, method, answers.getOrDefault(method, Struct.EMPTY)));
        to.onCompleted();
    }

    private static Struct request(String service, String method, byte[] bytes) {
        if (!service.equals(REGISTRAR)) {
            return CSI.read(method + "Request", bytes);
        }
        return REGISTRATION.read(method.equals("GetInfo") ? "InfoRequest" : "RegistrationStatus", bytes);
    }

    private static byte[] response(String service, String method, Struct answer) {
        if (!service.equals(REGISTRAR)) {
            return CSI.write(method + "Response", answer);
        }
        return REGISTRATION.write(method.equals("GetInfo") ? "PluginInfo" : "RegistrationStatusResponse", answer);
    }

    private static void act(String method, Struct request) throws IOException {
        Path target = Path.of(request.text("target_path"));
        if (method.equals("NodePublishVolume")) {
            if (request.struct("volume_capability").has("block")) {
                if (!Files.exists(target)) {
                    Files.createFile(target);
                }
            } else {
                Files.createDirectories(target);
            }
        } else if (method.equals("NodeUnpublishVolume")) {
            Files.deleteIfExists(target);
        }
    }

    /// Answers this from now on, with the names of the released file.
    public void answer(String method, Struct answer) {
        answers.put(method, answer);
    }

    /// Refuses this from now on.
    ///
    /// @param code of gRPC
    public void refuse(String method, int code, String why) {
        refusals.put(method, Status.fromCodeValue(code).withDescription(why));
    }

    /// Does this wrong from now on.
    public void fail(String method, Fault fault) {
        faults.put(method, fault);
    }

    /// Is well again.
    public void mend() {
        refusals.clear();
        faults.clear();
    }

    /// All calls so far.
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /// The requests of one method so far.
    public List<Struct> requests(String method) {
        return calls.stream().filter(c -> c.method().equals(method)).map(Call::request).toList();
    }

    /// The names of all calls so far that change something.
    public List<String> changes() {
        return calls.stream().map(Call::method).filter(m -> m.endsWith("Volume")).toList();
    }

    /// Ends every connection, and the socket.
    @Override
    public void close() throws IOException {
        server.close();
    }
}
