package io.k3j.csi;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.streaming.GrpcFailure;
import io.k3j.volumeapi.VolumeUsage;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The calls of one driver's services `csi.v1.Node` and `csi.v1.Identity`. Any thread; each blocks for [#LIMIT] at
/// most.
final class DriverClient {
    /// `NodeServiceCapability.RPC.Type`.
    static final int STAGE_UNSTAGE_VOLUME = 1;
    static final int GET_VOLUME_STATS = 2;
    static final int EXPAND_VOLUME = 3;
    static final int SINGLE_NODE_MULTI_WRITER = 5;
    static final int VOLUME_MOUNT_GROUP = 6;
    /// Upstream's `csiTimeout`.
    static final Duration LIMIT = Duration.ofMinutes(2);
    /// For figures, of which there are new ones each minute.
    private static final Duration BRIEF = Duration.ofSeconds(10);
    private static final String NODE = "/csi.v1.Node/";
    private static final int OK = 0;
    private static final int INTERNAL = 13;
    private static final byte[] NOTHING = {};
    private final String driver;
    private final PluginSocket socket;
    private final CsiMetrics metrics;

    DriverClient(String driver, PluginSocket socket, CsiMetrics metrics) {
        this.driver = driver;
        this.socket = socket;
        this.metrics = metrics;
    }

    /// The name that the driver itself gives.
    String name() throws CsiFault {
        return call("/csi.v1.Identity/GetPluginInfo", NOTHING, BRIEF, CsiMessages::driverName);
    }

    CsiMessages.NodeInfo info() throws CsiFault {
        return call(NODE + "NodeGetInfo", NOTHING, LIMIT, CsiMessages::nodeInfo);
    }

    Set<Integer> capabilities() throws CsiFault {
        return call(NODE + "NodeGetCapabilities", NOTHING, LIMIT, CsiMessages::capabilities);
    }

    /// Figures of a volume, empty where the driver has none.
    ///
    /// @param staging where it is staged, if it is
    Optional<VolumeUsage> figures(String id, Path path, Path staging) throws CsiFault {
        if (!call(NODE + "NodeGetCapabilities", NOTHING, BRIEF, CsiMessages::capabilities)
                .contains(GET_VOLUME_STATS)) {
            return Optional.empty();
        }
        boolean staged = Files.isDirectory(Objects.requireNonNull(staging.getParent()), LinkOption.NOFOLLOW_LINKS);
        return Optional.of(call(NODE + "NodeGetVolumeStats",
                CsiMessages.usageOf(id, path.toString(), staged ? staging.toString() : ""), BRIEF, CsiMessages::usage));
    }

    void stage(VolumeCall call) throws CsiFault {
        call(NODE + "NodeStageVolume", CsiMessages.stage(call), LIMIT, Function.identity());
    }

    void unstage(String id, String staging) throws CsiFault {
        call(NODE + "NodeUnstageVolume", CsiMessages.end(id, staging), LIMIT, Function.identity());
    }

    void publish(VolumeCall call) throws CsiFault {
        call(NODE + "NodePublishVolume", CsiMessages.publish(call), LIMIT, Function.identity());
    }

    void unpublish(String id, String target) throws CsiFault {
        call(NODE + "NodeUnpublishVolume", CsiMessages.end(id, target), LIMIT, Function.identity());
    }

    /// @param call whose target is where the volume is published
    void expand(VolumeCall call, long size) throws CsiFault {
        call(NODE + "NodeExpandVolume", CsiMessages.expand(call, size), LIMIT, Function.identity());
    }

    private <T> T call(String method, byte[] request, Duration limit, Function<byte[], T> read) throws CsiFault {
        long begin = System.nanoTime();
        int code = OK;
        try {
            return read.apply(socket.call(method, request, limit));
        } catch (MalformedMessage e) {
            code = INTERNAL;
            throw new CsiFault(new GrpcFailure(code, "the answer is malformed: " + e.getMessage()));
        } catch (CsiFault e) {
            code = e.code();
            throw e;
        } finally {
            metrics.called(driver, method, code, System.nanoTime() - begin);
        }
    }
}
