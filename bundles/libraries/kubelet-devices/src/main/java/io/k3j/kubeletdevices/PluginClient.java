package io.k3j.kubeletdevices;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.streaming.GrpcFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;

/// The calls of one plug-in that is registered. Any thread; each blocks for its limit at most. An instance stands for
/// one registration: another one of the same plug-in is another.
///
/// Each throws a [CancellationException] when its thread is interrupted, which says nothing of the plug-in.
final class PluginClient {
    /// Upstream waits without an end; who programs a device may need a while.
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration BRIEF = Duration.ofSeconds(10);
    /// Upstream's `KubeletPreStartContainerRPCTimeoutInSecs`.
    private static final Duration PRE_START = Duration.ofSeconds(30);
    private static final String SERVICE = "/v1beta1.DevicePlugin/";
    /// Of what a container is given: it is kept, and written down with each change of another's. Real ones have some
    /// hundred bytes.
    private static final int MOST_ALLOCATION_BYTES = 256 * 1024;
    private static final byte[] NOTHING = {};
    private final String resource;
    private final DeviceSocket socket;
    private final PluginOptions options;

    /// @param failure what is said before why it failed
    private record Request(String method, byte[] message, Duration limit, String failure) {
    }

    private PluginClient(String resource, DeviceSocket socket, PluginOptions options) {
        this.resource = resource;
        this.socket = socket;
        this.options = options;
    }

    /// Asks a plug-in what it wants to be asked.
    static PluginClient connected(String resource, DeviceSocket socket) throws DeviceFault {
        Request request = new Request("GetDevicePluginOptions", NOTHING, BRIEF,
                "failed to get device plugin options: ");
        return new PluginClient(resource, socket, call(socket, request, DeviceMessages::options));
    }

    String resource() {
        return resource;
    }

    DeviceSocket socket() {
        return socket;
    }

    PluginOptions options() {
        return options;
    }

    /// Its devices, now and whenever they change, until it ends.
    /// @throws GrpcFailure as [DeviceSocket#stream]
    void watch(Consumer<Map<String, Device>> receiver) {
        socket.stream(SERVICE + "ListAndWatch", message -> receiver.accept(DeviceMessages.devices(message)));
    }

    /// What a container is to be given with these devices, as `ContainerAllocateResponse`.
    byte[] allocate(Collection<String> ids) throws DeviceFault {
        List<byte[]> answers = call(socket, new Request("Allocate", DeviceMessages.allocate(ids), LIMIT, ""),
                DeviceMessages::first);
        if (answers.isEmpty()) {
            throw new DeviceFault("no containers return in allocation response");
        }
        if (answers.getFirst().length > MOST_ALLOCATION_BYTES) {
            throw new DeviceFault("the allocation response has " + answers.getFirst().length + " bytes, more than "
                    + MOST_ALLOCATION_BYTES);
        }
        try {
            AllocateResponse.of(answers.getFirst());
        } catch (MalformedMessage e) {
            throw new DeviceFault("the answer is malformed: " + e.getMessage());
        }
        return answers.getFirst();
    }

    /// Which of the available it would give.
    List<String> preferred(Collection<String> available, Collection<String> included, int size) throws DeviceFault {
        Request request = new Request("GetPreferredAllocation", DeviceMessages.preferred(available, included, size),
                PRE_START, "device plugin GetPreferredAllocation rpc failed with err: ");
        return call(socket, request, message -> DeviceMessages.first(message).stream()
                .flatMap(m -> DeviceMessages.ids(m).stream()).toList());
    }

    /// Lets it prepare the devices of a container that is about to start.
    void preStart(Collection<String> ids) throws DeviceFault {
        call(socket, new Request("PreStartContainer", DeviceMessages.preStart(ids), PRE_START,
                "device plugin PreStartContainer rpc failed with err: "), Function.identity());
    }

    private static <T> T call(DeviceSocket socket, Request request, Function<byte[], T> read) throws DeviceFault {
        try {
            return read.apply(socket.call(SERVICE + request.method(), request.message(), request.limit()));
        } catch (GrpcFailure e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted");
            }
            throw new DeviceFault(request.failure(), e);
        } catch (MalformedMessage e) {
            throw new DeviceFault(request.failure() + "the answer is malformed: " + e.getMessage());
        }
    }
}
