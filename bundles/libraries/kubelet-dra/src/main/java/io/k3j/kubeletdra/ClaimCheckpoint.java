package io.k3j.kubeletdra;

import io.k3j.codec.Json;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// The claims of this node on its disk, `dra_manager_state` as upstream's, with its fields, so that the next kubelet
/// goes on with them: drivers are asked again for pods that begin anew, since a machine that was started forgets what
/// they had made. A file that cannot be read counts as one without claims. One thread at a time.
final class ClaimCheckpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String LIST = "ClaimInfoStateList";
    private static final String DEVICES = "Devices";
    private final Path file;

    ClaimCheckpoint(Path file) {
        this.file = file;
    }

    /// By the claims' uids, in the order in which they came.
    Map<String, ClaimInfo> read() {
        Map<String, ClaimInfo> all = new LinkedHashMap<>();
        try {
            for (Struct claim : Json.object(Files.readAllBytes(file)).seq(LIST).structs()) {
                all.put(claim.text("ClaimUID"), claim(claim));
            }
        } catch (NoSuchFileException e) {
            // no pod has had a claim
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot read which claims are prepared, beginning anew path={0}"
                    + " error={1}", file, e.getMessage());
            all.clear();
        }
        return all;
    }

    private static ClaimInfo claim(Struct claim) {
        Map<String, List<ClaimInfo.Device>> drivers = new LinkedHashMap<>();
        Struct states = claim.struct("DriverState");
        for (String driver : states.names()) {
            List<ClaimInfo.Device> devices = new ArrayList<>();
            states.struct(driver).seq(DEVICES).structs().forEach(d -> devices.add(new ClaimInfo.Device(
                    d.text("PoolName"), d.text("DeviceName"), d.seq("RequestNames").texts(),
                    d.seq("CDIDeviceIDs").texts())));
            drivers.put(driver, List.copyOf(devices));
        }
        return new ClaimInfo(claim.text("Namespace"), claim.text("ClaimName"), claim.text("ClaimUID"),
                new LinkedHashSet<>(claim.seq("PodUIDs").texts()), drivers, false);
    }

    /// Returns once it is on the disk.
    void write(Map<String, ClaimInfo> claims) throws IOException {
        List<Struct> all = claims.values().stream().map(ClaimCheckpoint::state).toList();
        DurableFiles.write(file, Json.text(Struct.of("kind", "DRACheckpoint", "apiVersion",
                "checkpoint.dra.kubelet.k8s.io/v1", LIST, Seq.copyOf(all))), "rw-------");
    }

    private static Struct state(ClaimInfo claim) {
        Struct.Builder drivers = Struct.builder();
        claim.drivers().forEach((driver, devices) -> drivers.put(driver, Struct.of(DEVICES,
                Seq.copyOf(devices.stream().map(ClaimCheckpoint::state).toList()))));
        return Struct.of("ClaimUID", claim.uid(), "ClaimName", claim.name(), "Namespace", claim.namespace(), "PodUIDs",
                Seq.copyOf(claim.pods()), "DriverState", drivers.build());
    }

    private static Struct state(ClaimInfo.Device device) {
        return Struct.of("PoolName", device.pool(), "DeviceName", device.name(), "RequestNames",
                Seq.copyOf(device.requests()), "CDIDeviceIDs", Seq.copyOf(device.cdiIds()));
    }
}
