package io.k3j.csi;

import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireOut;
import io.k3j.volumeapi.VolumeUsage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The messages that are exchanged with drivers and their registrars, by the field numbers of `csi.v1` and of
/// `pluginregistration` (<https://github.com/container-storage-interface/spec/blob/master/csi.proto>). A test compares
/// them with the released files. Fields of no meaning here are skipped. Pure.
///
/// What a method reads may throw a [io.k3j.protobufwire.MalformedMessage].
final class CsiMessages {
    private static final int EXPECTED = 512;
    private static final int BYTES = 1;
    private static final int INODES = 2;

    private CsiMessages() {
    }

    /// A plug-in that wants to be registered.
    ///
    /// @param type `CSIPlugin` for a driver
    /// @param endpoint where the driver itself listens; empty for the same socket
    record Plugin(String type, String name, String endpoint, List<String> versions) {
    }

    /// What a driver says of this node.
    ///
    /// @param id by which the driver knows it
    /// @param mostVolumes that it can have; 0 for as many as one likes
    record NodeInfo(String id, long mostVolumes, Map<String, String> topology) {
    }

    static Plugin plugin(byte[] message) {
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
        return new Plugin(type, name, endpoint, versions);
    }

    static byte[] registrationStatus(String error) {
        WireOut out = new WireOut(EXPECTED);
        text(out, 2, error);
        flag(out, 1, error.isEmpty());
        return out.bytes();
    }

    /// `GetPluginInfoResponse.name`.
    static String driverName(byte[] message) {
        WireIn in = new WireIn(message);
        String name = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                name = in.text();
            } else {
                in.skip();
            }
        }
        return name;
    }

    static NodeInfo nodeInfo(byte[] message) {
        WireIn in = new WireIn(message);
        String id = "";
        long most = 0;
        Map<String, String> topology = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> id = in.text();
                case 2 -> most = in.number();
                case 3 -> segments(in.message(), topology);
                default -> in.skip();
            }
        }
        return new NodeInfo(id, most, topology);
    }

    private static void segments(WireIn in, Map<String, String> into) {
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                entry(in.message(), into);
            } else {
                in.skip();
            }
        }
    }

    private static void entry(WireIn in, Map<String, String> into) {
        String key = "";
        String value = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> key = in.text();
                case 2 -> value = in.text();
                default -> in.skip();
            }
        }
        into.put(key, value);
    }

    /// The numbers of `NodeServiceCapability.RPC.Type`.
    static Set<Integer> capabilities(byte[] message) {
        Set<Integer> all = new HashSet<>();
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                all.add((int) inner(in.message(), 1, 1));
            } else {
                in.skip();
            }
        }
        return all;
    }

    /// The number below a message in a message, 0 where it is missing.
    private static long inner(WireIn in, int outer, int number) {
        long found = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field != outer) {
                in.skip();
                continue;
            }
            WireIn below = in.message();
            for (int next = below.next(); next != 0; next = below.next()) {
                if (next == number) {
                    found = below.number();
                } else {
                    below.skip();
                }
            }
        }
        return found;
    }

    static VolumeUsage usage(byte[] message) {
        long[][] told = new long[INODES + 1][3];
        WireIn in = new WireIn(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                usage(in.message(), told);
            } else {
                in.skip();
            }
        }
        return new VolumeUsage(told[BYTES][0], told[BYTES][1], told[BYTES][2], told[INODES][1], told[INODES][0],
                told[INODES][2]);
    }

    /// Available, total and used of one unit; others than bytes and inodes say nothing.
    private static void usage(WireIn in, long[][] told) {
        long[] values = new long[3];
        long unit = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1, 2, 3 -> values[field - 1] = in.number();
                case 4 -> unit = in.number();
                default -> in.skip();
            }
        }
        if (unit == BYTES || unit == INODES) {
            told[(int) unit] = values;
        }
    }

    static byte[] stage(VolumeCall c) {
        WireOut out = new WireOut(EXPECTED);
        map(out, 6, c.context());
        map(out, 5, c.secrets());
        capability(out, 4, c.capability());
        text(out, 3, c.staging());
        map(out, 2, c.publishContext());
        text(out, 1, c.id());
        return out.bytes();
    }

    static byte[] publish(VolumeCall c) {
        WireOut out = new WireOut(EXPECTED);
        map(out, 8, c.context());
        map(out, 7, c.secrets());
        flag(out, 6, c.readOnly());
        capability(out, 5, c.capability());
        text(out, 4, c.target());
        text(out, 3, c.staging());
        map(out, 2, c.publishContext());
        text(out, 1, c.id());
        return out.bytes();
    }

    /// @param size in bytes, at least
    static byte[] expand(VolumeCall c, long size) {
        WireOut out = new WireOut(EXPECTED);
        map(out, 6, c.secrets());
        capability(out, 5, c.capability());
        text(out, 4, c.staging());
        int mark = out.mark();
        out.number(1, size);
        out.message(3, mark);
        text(out, 2, c.target());
        text(out, 1, c.id());
        return out.bytes();
    }

    /// `NodeUnstageVolumeRequest` and `NodeUnpublishVolumeRequest`.
    static byte[] end(String id, String path) {
        WireOut out = new WireOut(EXPECTED);
        text(out, 2, path);
        text(out, 1, id);
        return out.bytes();
    }

    static byte[] usageOf(String id, String path, String staging) {
        WireOut out = new WireOut(EXPECTED);
        text(out, 3, staging);
        text(out, 2, path);
        text(out, 1, id);
        return out.bytes();
    }

    private static void capability(WireOut out, int field, VolumeCall.Capability c) {
        int whole = out.mark();
        int mode = out.mark();
        out.number(1, c.mode());
        out.message(3, mode);
        int access = out.mark();
        if (!c.block()) {
            text(out, 3, c.group());
            c.mountFlags().reversed().forEach(f -> out.text(2, f));
            text(out, 1, c.fsType());
        }
        out.message(c.block() ? 1 : 2, access);
        out.message(field, whole);
    }

    private static void map(WireOut out, int field, Map<String, String> map) {
        map.forEach((key, value) -> {
            int mark = out.mark();
            out.text(2, value);
            out.text(1, key);
            out.message(field, mark);
        });
    }

    private static void text(WireOut out, int field, String value) {
        if (!value.isEmpty()) {
            out.text(field, value);
        }
    }

    private static void flag(WireOut out, int field, boolean value) {
        if (value) {
            out.number(field, 1);
        }
    }
}
