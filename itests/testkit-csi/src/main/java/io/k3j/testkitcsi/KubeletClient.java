package io.k3j.testkitcsi;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.k3j.model.Struct;
import io.k3j.streaming.GrpcFailure;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Calls of a kubelet's sockets by gRPC's own client, as plug-ins and monitors make them. Any thread; a call blocks for
/// a minute at most and throws a [GrpcFailure] when it is refused.
public final class KubeletClient implements AutoCloseable {
    private static final ProtoMessages DEVICES = new ProtoMessages(ProtoFile.of("deviceplugin.proto"));
    private static final ProtoMessages RESOURCES = new ProtoMessages(ProtoFile.of("podresources.proto"));
    private static final long LIMIT_SECONDS = 60;
    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ManagedChannel channel;

    /// @param socket of the kubelet, on which it listens once it is called
    public KubeletClient(Path socket) {
        channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class).eventLoopGroup(threads).overrideAuthority("localhost")
                .usePlaintext().build();
    }

    /// Registers a plug-in, by the names of the released file.
    /// @param request `version`, `endpoint`, `resource_name`
    public void register(Struct request) {
        call("v1beta1.Registration", "Register", DEVICES.write("RegisterRequest", request));
    }

    /// `ListPodResourcesResponse`.
    public Struct list() {
        return RESOURCES.read("ListPodResourcesResponse", call("v1.PodResourcesLister", "List", new byte[0]));
    }

    /// The same of `v1alpha1`, whose fields have the same numbers.
    public Struct oldList() {
        return RESOURCES.read("ListPodResourcesResponse", call("v1alpha1.PodResourcesLister", "List", new byte[0]));
    }

    /// `GetPodResourcesResponse`.
    public Struct get(String namespace, String name) {
        byte[] request = RESOURCES.write("GetPodResourcesRequest",
                Struct.of("pod_name", name, "pod_namespace", namespace));
        return RESOURCES.read("GetPodResourcesResponse", call("v1.PodResourcesLister", "Get", request));
    }

    /// `AllocatableResourcesResponse`.
    public Struct allocatable() {
        return RESOURCES.read("AllocatableResourcesResponse",
                call("v1.PodResourcesLister", "GetAllocatableResources", new byte[0]));
    }

    private byte[] call(String service, String method, byte[] request) {
        try {
            return ClientCalls.blockingUnaryCall(channel, ByteServer.method(service, method, MethodType.UNARY),
                    CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS), request);
        } catch (StatusRuntimeException e) {
            throw new GrpcFailure(e.getStatus().getCode().value(), String.valueOf(e.getStatus().getDescription()));
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        threads.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(LIMIT_SECONDS,
                TimeUnit.SECONDS);
    }
}
