package io.k3j.testkitcsi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A device plug-in on a socket of its own, from its making to its end; one that waits to be found, too. What it
/// answers may be changed meanwhile. Any thread.
public final class DevicePlugin implements AutoCloseable {
    private static final ProtoMessages DEVICES = new ProtoMessages(ProtoFile.of("deviceplugin.proto"));
    private static final ProtoMessages REGISTRATION = new ProtoMessages(ProtoFile.of("pluginregistration.proto"));
    private static final String REGISTRAR = "pluginregistration.Registration";
    private static final int TOO_MUCH = 10 << 20;
    private static final byte[] NONSENSE = {0, 0, 0};
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Struct> answers = new ConcurrentHashMap<>();
    private final Map<String, Status> refusals = new ConcurrentHashMap<>();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final List<StreamObserver<byte[]>> watching = new ArrayList<>();
    private final ByteServer server;
    private Struct listed = Struct.EMPTY;

    private record Call(String method, Struct request) {
    }

    /// What a plug-in may do wrong.
    public enum Fault {
        /// It takes a call and never answers.
        HANGS,
        /// Its answer has ten megabytes.
        TALKS,
        /// Its answer is no message.
        LIES
    }

    /// Listens on a socket, which must not be there.
    ///
    /// @param resource its name when it is found
    public DevicePlugin(Path socket, String resource) throws IOException {
        answers.put("GetInfo", Struct.of("type", "DevicePlugin", "name", resource, "endpoint", socket.toString(),
                "supported_versions", Seq.of("v1alpha1", "v1beta1")));
        answers.put("Allocate", Struct.of("container_responses", Seq.of(Struct.EMPTY)));
        server = new ByteServer(socket, Map.of("v1beta1.DevicePlugin",
                List.of("GetDevicePluginOptions", "ListAndWatch", "GetPreferredAllocation", "Allocate",
                        "PreStartContainer"),
                REGISTRAR, List.of("GetInfo", "NotifyRegistrationStatus")), Set.of("ListAndWatch"), this::called);
    }

    private void called(String service, String method, byte[] bytes, StreamObserver<byte[]> to) {
        try {
            calls.add(new Call(method, request(service, method, bytes)));
            answer(service, method, to);
        } catch (AssertionError e) {
            to.onError(Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
        }
    }

    private void answer(String service, String method, StreamObserver<byte[]> to) {
        Status refusal = refusals.get(method);
        Fault fault = faults.get(method);
        if (fault == Fault.HANGS) {
            return;
        }
        if (refusal != null) {
            to.onError(refusal.asRuntimeException());
        } else if (method.equals("ListAndWatch") && fault == null) {
            watch(to);
        } else {
            to.onNext(fault == Fault.TALKS ? new byte[TOO_MUCH]
                    : fault == Fault.LIES ? NONSENSE : response(service, method));
            to.onCompleted();
        }
    }

    private static Struct request(String service, String method, byte[] bytes) {
        if (service.equals(REGISTRAR)) {
            return REGISTRATION.read(method.equals("GetInfo") ? "InfoRequest" : "RegistrationStatus", bytes);
        }
        return DEVICES.read(switch (method) {
            case "GetPreferredAllocation" -> "PreferredAllocationRequest";
            case "Allocate" -> "AllocateRequest";
            case "PreStartContainer" -> "PreStartContainerRequest";
            default -> "Empty";
        }, bytes);
    }

    private byte[] response(String service, String method) {
        Struct answer = answers.getOrDefault(method, Struct.EMPTY);
        if (service.equals(REGISTRAR)) {
            return REGISTRATION.write(method.equals("GetInfo") ? "PluginInfo" : "RegistrationStatusResponse", answer);
        }
        return DEVICES.write(switch (method) {
            case "GetDevicePluginOptions" -> "DevicePluginOptions";
            case "GetPreferredAllocation" -> "PreferredAllocationResponse";
            case "Allocate" -> "AllocateResponse";
            default -> "PreStartContainerResponse";
        }, answer);
    }

    private synchronized void watch(StreamObserver<byte[]> to) {
        watching.add(to);
        to.onNext(DEVICES.write("ListAndWatchResponse", listed));
    }

    /// Has these devices from now on, and tells whoever watches.
    ///
    /// @param devices `Device`s, with the names of the released file
    public synchronized void list(Struct... devices) {
        listed = Struct.of("devices", Seq.of((Object[]) devices));
        watching.forEach(to -> to.onNext(DEVICES.write("ListAndWatchResponse", listed)));
    }

    /// A device.
    public static Struct device(String id, boolean healthy, long... nodes) {
        List<Struct> near = new ArrayList<>();
        for (long node : nodes) {
            near.add(Struct.of("ID", node));
        }
        Struct device = Struct.of("ID", id, "health", healthy ? "Healthy" : "Unhealthy");
        return near.isEmpty() ? device : device.with("topology", Struct.of("nodes", Seq.copyOf(near)));
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

    /// The requests of one method so far.
    public List<Struct> requests(String method) {
        return calls.stream().filter(c -> c.method().equals(method)).map(Call::request).toList();
    }

    /// Ends every connection, and the socket.
    @Override
    public void close() throws IOException {
        server.close();
    }
}
