package io.k3j.kubeletdevices;

import io.k3j.apimachinery.Fnv;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.MalformedMessage;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Upstream's `kubelet_internal_checkpoint`, which tools read and a stock kubelet on the same disk goes on from. A
/// value; pure. Entries whose plug-in is still being asked are not in it.
///
/// @param pods what containers have
/// @param registered ids of healthy devices by resource
/// @param boot of the kernel it was written under; empty where that is not said
record Checkpoint(Map<PodDevices.Place, Allocation> pods, Map<String, Set<String>> registered, String boot) {
    private static final String DATA = "Data";
    private static final String ENTRIES = "PodDeviceEntries";
    private static final String REGISTERED = "RegisteredDevices";
    /// As `spew` prints a slice or a map that is nil.
    private static final String NIL = "<nil>";

    /// What was read.
    ///
    /// @param sound whether its checksum is that of its content
    record Read(Checkpoint checkpoint, boolean sound) {
    }

    byte[] bytes() {
        List<Struct> entries = new ArrayList<>();
        answered().forEach((place, allocation) -> entries.add(entry(place, allocation)));
        Struct.Builder healthy = Struct.builder();
        registered.forEach((name, ids) -> healthy.put(name, Seq.copyOf(ids)));
        Struct data = Struct.of(ENTRIES, entries.isEmpty() ? null : Seq.copyOf(entries), REGISTERED, healthy.build());
        Struct whole = Struct.of(DATA, data, "Checksum", checksum(data));
        return Json.bytes(boot.isEmpty() ? whole : whole.with("BootID", boot));
    }

    private Map<PodDevices.Place, Allocation> answered() {
        Map<PodDevices.Place, Allocation> all = new TreeMap<>(pods);
        all.values().removeIf(allocation -> allocation.response().isEmpty());
        return all;
    }

    private static Struct entry(PodDevices.Place place, Allocation allocation) {
        Struct.Builder ids = Struct.builder();
        sorted(allocation).forEach((node, some) -> ids.put(node, Seq.copyOf(some)));
        return Struct.of("PodUID", place.pod(), "ContainerName", place.container(), "ResourceName", place.resource(),
                "DeviceIDs", ids.build(), "AllocResp",
                Base64.getEncoder().encodeToString(allocation.response().orElseThrow()));
    }

    /// Go writes the keys of maps in the order of their texts.
    private static Map<String, Set<String>> sorted(Allocation allocation) {
        Map<String, Set<String>> byText = new TreeMap<>();
        allocation.byNode().forEach((node, ids) -> byText.put(Long.toString(node), ids));
        return byText;
    }

    /// FNV-1a of 32 bits over the value as Go's `spew` prints it with `%#v`, sorted keys and without methods
    /// (`k8s.io/kubernetes/pkg/util/hash`, `pkg/kubelet/checkpointmanager/checksum`). Of what Go has after it has read
    /// the same: what is null or not there is `<nil>`.
    static long checksum(Struct data) {
        String entries = data.get(ENTRIES) instanceof Seq some
                ? "[" + joined(some.structs().stream().map(Checkpoint::printed)) + "]" : NIL;
        Struct healthy = data.struct(REGISTERED);
        String registered = data.get(REGISTERED) instanceof Struct
                ? "map[" + joined(healthy.names().stream().sorted().map(name -> name + ":" + list(healthy, name))) + "]"
                : NIL;
        return Fnv.hash32("(checkpoint.checkpointData){PodDeviceEntries:([]checkpoint.PodDevicesEntry)" + entries
                + " RegisteredDevices:(map[string][]string)" + registered + "}");
    }

    private static String printed(Struct entry) {
        Struct ids = entry.struct("DeviceIDs");
        String nodes = joined(ids.names().stream().map(Long::valueOf).sorted()
                .map(node -> node + ":" + list(ids, Long.toString(node))));
        StringBuilder bytes = new StringBuilder();
        for (byte b : Base64.getDecoder().decode(entry.text("AllocResp"))) {
            bytes.append(bytes.isEmpty() ? "" : " ").append(b & 0xff);
        }
        return "{PodUID:(string)" + entry.text("PodUID") + " ContainerName:(string)" + entry.text("ContainerName")
                + " ResourceName:(string)" + entry.text("ResourceName") + " DeviceIDs:(checkpoint.DevicesPerNUMA)map["
                + nodes + "] AllocResp:([]uint8)[" + bytes + "]}";
    }

    private static String list(Struct of, String name) {
        return of.get(name) instanceof Seq some ? "[" + String.join(" ", some.texts()) + "]" : NIL;
    }

    private static String joined(Stream<String> parts) {
        return parts.collect(Collectors.joining(" "));
    }

    /// Reads one of upstream's or of this kubelet's. Devices of a checkpoint that is not sound count as its owners'
    /// all the same: they may be in use.
    /// @param now the kernel's boot: what plug-ins have answered under another one has to be asked for again
    /// @throws IllegalArgumentException when it is none
    static Read read(byte[] bytes, String now) {
        Struct root = Json.object(bytes);
        if (!(root.get(DATA) instanceof Struct data)) {
            throw new IllegalArgumentException("no field \"" + DATA + "\"");
        }
        Map<PodDevices.Place, Allocation> pods = new TreeMap<>();
        data.seq(ENTRIES).structs().forEach(e -> pods.put(
                new PodDevices.Place(e.text("PodUID"), e.text("ContainerName"), e.text("ResourceName")),
                allocation(e)));
        Map<String, Set<String>> registered = new TreeMap<>();
        Struct healthy = data.struct(REGISTERED);
        healthy.names().forEach(name -> registered.put(name, new TreeSet<>(healthy.seq(name).texts())));
        Checkpoint read = new Checkpoint(pods, registered, root.text("BootID"));
        return new Read(read.boot.isEmpty() || read.boot.equals(now) ? read : read.unanswered(), sound(root, data));
    }

    private static boolean sound(Struct root, Struct data) {
        try {
            return checksum(data) == root.whole("Checksum", -1);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Allocation allocation(Struct entry) {
        Map<Long, Set<String>> byNode = new TreeMap<>();
        Struct ids = entry.struct("DeviceIDs");
        ids.names().forEach(node -> byNode.put(node(node), new TreeSet<>(ids.seq(node).texts())));
        return new Allocation(byNode, response(entry.text("AllocResp")));
    }

    private static long node(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return Device.NO_NODE;
        }
    }

    /// What cannot be read is asked for again.
    private static Optional<byte[]> response(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            AllocateResponse.of(bytes);
            return Optional.of(bytes);
        } catch (IllegalArgumentException | MalformedMessage e) {
            return Optional.empty();
        }
    }

    private Checkpoint unanswered() {
        Map<PodDevices.Place, Allocation> all = new TreeMap<>();
        pods.forEach((place, allocation) -> all.put(place, new Allocation(allocation.byNode(), Optional.empty())));
        return new Checkpoint(all, registered, boot);
    }
}
