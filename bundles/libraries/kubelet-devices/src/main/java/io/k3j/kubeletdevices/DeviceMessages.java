package io.k3j.kubeletdevices;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The messages that are exchanged with plug-ins, by the field numbers of `v1beta1`
/// (<https://github.com/kubernetes/kubelet/blob/master/pkg/apis/deviceplugin/v1beta1/api.proto>) and of
/// `pluginregistration`. A test compares them with the released files. Fields of no meaning here are skipped. Pure.
///
/// What a method reads may throw a [MalformedMessage].
final class DeviceMessages {
    /// Of one plug-in: far more than a node has, far less than it can remember.
    static final int MOST_DEVICES = 100_000;
    private static final int EXPECTED = 512;
    private static final String HEALTHY = "Healthy";

    private DeviceMessages() {
    }

    /// A plug-in that registers by itself.
    ///
    /// @param endpoint the name of its socket
    record Registration(String version, String endpoint, String resource) {
    }

    /// A plug-in behind a socket that was found.
    ///
    /// @param type `DevicePlugin` for one of devices
    /// @param name of the resource
    /// @param endpoint its socket; empty for the one that was found
    record PluginInfo(String type, String name, String endpoint, List<String> versions) {
    }

    static Registration registration(byte[] message) {
        WireIn in = new WireIn(message);
        String version = "";
        String endpoint = "";
        String resource = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> version = in.text();
                case 2 -> endpoint = in.text();
                case 3 -> resource = in.text();
                default -> in.skip();
            }
        }
        return new Registration(version, endpoint, resource);
    }

    static PluginInfo plugin(byte[] message) {
        WireIn in = new WireIn(message);
        String type = "";
        String name = "";
        String endpoint = "";
        List<String> versions = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> type = in.text();
                case 2 -> name = in.text();
                case 3 -> endpoint = in.text();
                case 4 -> versions.add(in.text());
                default -> in.skip();
            }
        }
        return new PluginInfo(type, name, endpoint, versions);
    }

    /// @param error empty for a plug-in that was registered
    static byte[] registrationStatus(String error) {
        WireOut out = new WireOut(EXPECTED);
        if (error.isEmpty()) {
            out.number(1, 1);
        } else {
            out.text(2, error);
        }
        return out.bytes();
    }

    static PluginOptions options(byte[] message) {
        WireIn in = new WireIn(message);
        boolean preStart = false;
        boolean preferred = false;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> preStart = in.number() != 0;
                case 2 -> preferred = in.number() != 0;
                default -> in.skip();
            }
        }
        return new PluginOptions(preStart, preferred);
    }

    /// `ListAndWatchResponse`: all devices by their ids, of one that comes twice the last.
    static Map<String, Device> devices(byte[] message) {
        WireIn in = new WireIn(message);
        Map<String, Device> all = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                Device device = device(in.message());
                all.put(device.id(), device);
            } else {
                in.skip();
            }
            if (all.size() > MOST_DEVICES) {
                throw new MalformedMessage("more than " + MOST_DEVICES + " devices");
            }
        }
        return all;
    }

    private static Device device(WireIn in) {
        String id = "";
        String health = "";
        List<Long> nodes = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> id = in.text();
                case 2 -> health = in.text();
                case 3 -> nodes(in.message(), nodes);
                default -> in.skip();
            }
        }
        return new Device(id, health.equals(HEALTHY), List.copyOf(nodes));
    }

    /// `TopologyInfo`; of node 0 protobuf 3 writes nothing but that it is there.
    private static void nodes(WireIn in, List<Long> into) {
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                into.add(node(in.message()));
            } else {
                in.skip();
            }
        }
    }

    private static long node(WireIn in) {
        long id = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                id = in.number();
            } else {
                in.skip();
            }
        }
        return id;
    }

    /// `AllocateRequest` of one container.
    static byte[] allocate(Collection<String> ids) {
        WireOut out = new WireOut(EXPECTED);
        texts(out, 1, ids);
        out.message(1, 0);
        return out.bytes();
    }

    /// `PreStartContainerRequest`.
    static byte[] preStart(Collection<String> ids) {
        WireOut out = new WireOut(EXPECTED);
        texts(out, 1, ids);
        return out.bytes();
    }

    /// `PreferredAllocationRequest` of one container.
    static byte[] preferred(Collection<String> available, Collection<String> included, int size) {
        WireOut out = new WireOut(EXPECTED);
        out.number(3, size);
        texts(out, 2, included);
        texts(out, 1, available);
        out.message(1, 0);
        return out.bytes();
    }

    /// Written from the end, so the last one first.
    private static void texts(WireOut out, int field, Collection<String> all) {
        List.copyOf(all).reversed().forEach(text -> out.text(field, text));
    }

    /// The first container's answer in an `AllocateResponse` or a `PreferredAllocationResponse`, as bytes; empty list
    /// without one.
    static List<byte[]> first(byte[] message) {
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                return List.of(in.raw());
            }
            in.skip();
        }
        return List.of();
    }

    /// `ContainerPreferredAllocationResponse`.
    static List<String> ids(byte[] message) {
        WireIn in = new WireIn(message);
        List<String> all = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                all.add(in.text());
            } else {
                in.skip();
            }
        }
        return all;
    }
}
