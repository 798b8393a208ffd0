package io.k3j.kubeletdevices;

import io.k3j.model.Struct;
import io.k3j.protobufwire.WireIn;
import io.k3j.protobufwire.WireType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a container is given with its devices, as a plug-in has answered (`ContainerAllocateResponse`). A value.
///
/// @param envs variables
/// @param mounts CRI's `Mount`s
/// @param devices CRI's `Device`s
/// @param annotations for the runtime
/// @param cdi names of CDI devices
record AllocateResponse(Map<String, String> envs, List<Struct> mounts, List<Struct> devices,
        Map<String, String> annotations, List<String> cdi) {
    /// @throws io.k3j.protobufwire.MalformedMessage when it is none
    static AllocateResponse of(byte[] message) {
        WireIn in = new WireIn(message);
        AllocateResponse all = new AllocateResponse(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(),
                new LinkedHashMap<>(), new ArrayList<>());
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> pair(in.message(), all.envs);
                case 2 -> all.mounts.add(mount(texts(in.message())));
                case 3 -> all.devices.add(device(texts(in.message())));
                case 4 -> pair(in.message(), all.annotations);
                case 5 -> all.cdi.add(texts(in.message()).getOrDefault(1, ""));
                default -> in.skip();
            }
        }
        return all;
    }

    private static void pair(WireIn in, Map<String, String> into) {
        Map<Integer, String> entry = texts(in);
        into.put(entry.getOrDefault(1, ""), entry.getOrDefault(2, ""));
    }

    /// `container_path`, `host_path`, `read_only`.
    private static Struct mount(Map<Integer, String> fields) {
        return Struct.of("containerPath", fields.getOrDefault(1, ""), "hostPath", fields.getOrDefault(2, ""),
                "readonly", fields.getOrDefault(3, "0").equals("1"), "propagation", "PROPAGATION_PRIVATE");
    }

    /// `container_path`, `host_path`, `permissions`.
    private static Struct device(Map<Integer, String> fields) {
        return Struct.of("containerPath", fields.getOrDefault(1, ""), "hostPath", fields.getOrDefault(2, ""),
                "permissions", fields.getOrDefault(3, ""));
    }

    /// The fields of a flat message, flags as `0` and `1`.
    private static Map<Integer, String> texts(WireIn in) {
        Map<Integer, String> all = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (in.wire()) {
                case WireType.LENGTH -> all.put(field, in.text());
                case WireType.VARINT -> all.put(field, in.number() == 0 ? "0" : "1");
                default -> in.skip();
            }
        }
        return all;
    }
}
