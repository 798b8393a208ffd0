package io.k3j.cricontainerd;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeFault.Kind;
import io.k3j.streaming.GrpcFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/// CRI calls over unix sockets, with messages as trees: one socket for both services, or one for each. Connects on
/// demand, also after a restart of the runtime. For any thread; blocks.
final class Cri implements AutoCloseable {
    private static final String RUNTIME = "/runtime.v1.RuntimeService/";
    private static final String IMAGES = "/runtime.v1.ImageService/";
    private static final String SUBSCRIBE = "/containerd.services.events.v1.Events/Subscribe";
    private static final String ARGUMENT = "runtime-request-timeout";
    /// The timeouts of calls, as in the kubelet.
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final CriSocket runtimeService;
    private final CriSocket imageService;
    private final Messages messages = new Messages();
    private final OperationMetrics metrics;
    private final Duration limit;

    /// Both services at one socket.
    Cri(Path socket) {
        this(new CriEndpoints(socket, socket));
    }

    /// Each service where it is. Does not connect yet.
    Cri(CriEndpoints endpoints) {
        this(endpoints, LIMIT);
    }

    /// The same with a timeout of its own.
    Cri(CriEndpoints endpoints, Duration limit) {
        this.limit = limit;
        runtimeService = new CriSocket(endpoints.runtime(), "container runtime");
        imageService = endpoints.shared() ? runtimeService : new CriSocket(endpoints.images(), "image service");
        metrics = new OperationMetrics();
    }

    private Cri(CriSocket both, OperationMetrics metrics, Duration limit) {
        runtimeService = both;
        imageService = both;
        this.metrics = metrics;
        this.limit = limit;
    }

    /// How long calls may take that have no limit of their own: `runtime-request-timeout` of the kubelet.
    /// @param arguments of the kubelet, `name=value`
    /// @throws IllegalArgumentException for what is no duration longer than zero
    static Duration limit(String... arguments) {
        return ComponentArguments.of("--kubelet-arg", arguments).duration(ARGUMENT, LIMIT, "2m");
    }

    /// The same runtime, which is asked for images, too. It shares connection and metrics, and is closed with this one.
    Cri ofRuntime() {
        return new Cri(runtimeService, metrics, limit);
    }

    /// Calls the runtime service; the messages are named after the method.
    Struct runtime(String method, Struct request) {
        return call(RUNTIME, method, request, limit);
    }

    /// The same with its own timeout.
    Struct runtime(String method, Struct request, Duration most) {
        return call(RUNTIME, method, request, most);
    }

    /// Calls the image service.
    Struct images(String method, Struct request) {
        return call(IMAGES, method, request, limit);
    }

    /// The same with its own timeout.
    Struct images(String method, Struct request, Duration most) {
        return call(IMAGES, method, request, most);
    }

    private Struct call(String service, String method, Struct request, Duration most) {
        byte[] bytes = messages.encode(method + "Request", request);
        CriSocket socket = service.equals(IMAGES) ? imageService : runtimeService;
        long begun = System.nanoTime();
        boolean failed = true;
        try {
            byte[] answer = socket.connection().call(service + method, bytes, most);
            failed = false;
            return messages.decode(method + "Response", answer);
        } catch (GrpcFailure e) {
            throw fault(e);
        } finally {
            metrics.ended(method, failed, System.nanoTime() - begun);
        }
    }

    /// What calls did and how long they took.
    OperationMetrics metrics() {
        return metrics;
    }

    /// Streams containerd's events of CRI's namespace until the connection breaks; blocks.
    void events(Consumer<Struct> listener) {
        try {
            runtimeService.connection().stream(SUBSCRIBE, new byte[0],
                    b -> listener.accept(messages.decode("Envelope", b)));
        } catch (GrpcFailure e) {
            throw fault(e);
        }
    }

    /// The message inside an event envelope.
    Struct event(String message, Struct envelope) {
        return messages.decode(message,
                envelope.struct("event").text("value").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static RuntimeFault fault(GrpcFailure e) {
        Kind kind = switch (e.code()) {
            case GrpcFailure.NOT_FOUND -> Kind.NOT_FOUND;
            case GrpcFailure.DEADLINE_EXCEEDED -> Kind.DEADLINE;
            case GrpcFailure.UNIMPLEMENTED -> Kind.UNSUPPORTED;
            case GrpcFailure.UNAVAILABLE, GrpcFailure.CANCELLED -> Kind.UNAVAILABLE;
            default -> Kind.FAILED;
        };
        return new RuntimeFault(kind, String.valueOf(e.getMessage()));
    }

    @Override
    public void close() {
        runtimeService.close();
        imageService.close();
    }
}
