package io.k3j.testkitcsi;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The calls of a [HostPathDriver]: reads requests, has [HostPathVolumes] do it, writes answers. One thread at a time.
final class HostPathCalls implements ByteServer.Calls {
    static final Map<String, List<String>> SERVICES = Map.of("csi.v1.Identity",
            List.of("GetPluginInfo", "GetPluginCapabilities", "Probe"), "csi.v1.Controller",
            List.of("ControllerGetCapabilities", "CreateVolume", "DeleteVolume", "ControllerPublishVolume",
                    "ControllerUnpublishVolume", "ControllerExpandVolume"),
            "csi.v1.Node",
            List.of("NodeGetInfo", "NodeGetCapabilities", "NodeStageVolume", "NodeUnstageVolume", "NodePublishVolume",
                    "NodeUnpublishVolume", "NodeExpandVolume", "NodeGetVolumeStats"));
    private static final ProtoMessages CSI = new ProtoMessages(ProtoFile.of("csi.proto"));
    private static final int CONTROLLER_SERVICE = 1;
    /// `CREATE_DELETE_VOLUME`, `PUBLISH_UNPUBLISH_VOLUME`, `EXPAND_VOLUME`.
    private static final int[] OF_CONTROLLER = {1, 2, 9};
    /// `STAGE_UNSTAGE_VOLUME`, `GET_VOLUME_STATS`, `EXPAND_VOLUME`.
    private static final int[] OF_NODE = {1, 2, 3};
    private static final int BYTES = 1;
    private final String name;
    private final String node;
    private final HostPathVolumes volumes;

    HostPathCalls(String name, String node, HostPathVolumes volumes) {
        this.name = name;
        this.node = node;
        this.volumes = volumes;
    }

    @Override
    public void call(String service, String method, byte[] bytes, StreamObserver<byte[]> to) {
        System.out.println("GRPC call: /" + service + "/" + method);
        try {
            to.onNext(CSI.write(method + "Response", answer(method, CSI.read(method + "Request", bytes))));
            to.onCompleted();
        } catch (StatusException e) {
            System.out.println("GRPC error: " + e.getMessage());
            to.onError(e);
        } catch (IOException | AssertionError e) {
            System.out.println("GRPC error: " + e);
            to.onError(Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asException());
        }
    }

    private Struct answer(String method, Struct request) throws IOException, StatusException {
        return switch (method) {
            case "GetPluginInfo" -> Struct.of("name", name, "vendor_version", "1");
            case "GetPluginCapabilities" -> Struct.of("capabilities",
                    Seq.of(Struct.of("service", Struct.of("type", CONTROLLER_SERVICE))));
            case "ControllerGetCapabilities" -> able(OF_CONTROLLER);
            case "NodeGetCapabilities" -> able(OF_NODE);
            case "NodeGetInfo" -> Struct.of("node_id", node);
            case "CreateVolume" -> created(request);
            case "ControllerPublishVolume" -> Struct.of("publish_context",
                    Struct.of("place", volumes.attach(request.text("volume_id"), request.text("node_id"))));
            case "ControllerExpandVolume" -> Struct.of("capacity_bytes",
                    volumes.grow(request.text("volume_id"), size(request)), "node_expansion_required", true);
            case "NodeGetVolumeStats" -> used(request);
            default -> {
                act(method, request);
                yield Struct.EMPTY;
            }
        };
    }

    private static Struct able(int... types) {
        return Struct.of("capabilities",
                Seq.copyOf(IntStream.of(types).mapToObj(t -> Struct.of("rpc", Struct.of("type", t))).toList()));
    }

    private static long size(Struct request) {
        return request.struct("capacity_range").whole("required_bytes", 0);
    }

    private Struct created(Struct request) throws IOException, StatusException {
        String id = volumes.create(request.text("name"), size(request));
        return Struct.of("volume", Struct.of("volume_id", id, "capacity_bytes", size(request), "volume_context",
                request.struct("parameters")));
    }

    private Struct used(Struct request) throws IOException, StatusException {
        HostPathVolumes.Space space = volumes.space(request.text("volume_id"), Path.of(request.text("volume_path")));
        return Struct.of("usage", Seq.of(Struct.of("available", space.available(), "total", space.total(), "used",
                space.total() - space.available(), "unit", BYTES)));
    }

    private void act(String method, Struct request) throws IOException, StatusException {
        String id = request.text("volume_id");
        Path staging = Path.of(request.text("staging_target_path"));
        Path target = Path.of(request.text("target_path"));
        switch (method) {
            case "DeleteVolume" -> volumes.delete(id);
            case "ControllerUnpublishVolume" -> volumes.detach(id);
            case "NodeStageVolume" -> volumes.stage(id, request.struct("publish_context").text("place"), staging);
            case "NodeUnstageVolume" -> volumes.unstage(id, staging);
            case "NodePublishVolume" -> {
                if (request.struct("volume_context").text("csi.storage.k8s.io/ephemeral").equals("true")) {
                    volumes.publishOwn(id, target);
                } else {
                    volumes.publish(id, staging, target);
                }
            }
            case "NodeUnpublishVolume" -> volumes.unpublish(id, target);
            case "NodeExpandVolume" -> volumes.expanded(id, size(request));
            default -> {
                // Probe: it is well
            }
        }
    }
}
