package io.k3j.kubeletcpus;

import io.k3j.apimachinery.Fnv;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Upstream's `cpu_manager_state`, which tools read and a stock kubelet on the same disk goes on from. A value; pure.
///
/// @param policy `static` or `none`
/// @param shared CPUs of all that have none for themselves
/// @param exclusive CPUs by pod and container
record CpuState(String policy, CpuSet shared, Map<String, Map<String, CpuSet>> exclusive) {
    /// What upstream calls the state in its checksum.
    private static final String TYPE = "CPUManagerCheckpoint";
    /// What kubelets of 1.36 may call it, which older ones do not read.
    private static final String OF_136 = TYPE + "V2";

    byte[] bytes() {
        Struct.Builder entries = Struct.builder();
        exclusive.forEach((pod, containers) -> {
            Struct.Builder one = Struct.builder();
            containers.forEach((name, cpus) -> one.put(name, cpus.toString()));
            entries.put(pod, one.build());
        });
        return Json.bytes(Struct.builder().put("policyName", policy).put("defaultCpuSet", shared.toString())
                .putUnlessEmpty("entries", entries.build()).put("checksum", checksum(TYPE)).build());
    }

    /// FNV-1a of 32 bits over the value as Go's `spew` prints it with `%#v`, sorted keys and without methods.
    private long checksum(String type) {
        List<String> pods = new ArrayList<>();
        new TreeMap<>(exclusive).forEach((pod, containers) -> {
            List<String> parts = new ArrayList<>();
            new TreeMap<>(containers).forEach((name, cpus) -> parts.add(name + ":" + cpus));
            pods.add(pod + ":map[" + String.join(" ", parts) + "]");
        });
        return Fnv.hash32("(*state." + type + "){PolicyName:(string)" + policy + " DefaultCPUSet:(string)" + shared
                + " Entries:(map[string]map[string]string)map[" + String.join(" ", pods)
                + "] Checksum:(checksum.Checksum)0}");
    }

    /// @throws IllegalArgumentException when it is none, or its checksum is not that of its content
    static CpuState read(byte[] bytes) {
        Struct root = Json.object(bytes);
        Map<String, Map<String, CpuSet>> exclusive = new TreeMap<>();
        Struct entries = root.struct("entries");
        entries.names().forEach(pod -> {
            Map<String, CpuSet> containers = new TreeMap<>();
            entries.struct(pod).texts().forEach((name, cpus) -> containers.put(name, CpuSet.parse(cpus)));
            exclusive.put(pod, containers);
        });
        CpuState read = new CpuState(root.text("policyName"), CpuSet.parse(root.text("defaultCpuSet")), exclusive);
        long checksum = root.whole("checksum", -1);
        if (checksum != read.checksum(TYPE) && checksum != read.checksum(OF_136)) {
            throw new IllegalArgumentException("its checksum is not that of its content");
        }
        return read;
    }
}
