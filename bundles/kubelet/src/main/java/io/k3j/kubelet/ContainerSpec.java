package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A container as CRI's `ContainerConfig`; pure.
final class ContainerSpec {
    private ContainerSpec() {
    }

    /// What a container's configuration is made of, beside pod and container.
    ///
    /// @param attempt how many there were before
    /// @param image id or digest
    /// @param environment all variables
    /// @param mounts CRI's `Mount`s
    /// @param linux CRI's `LinuxContainerConfig`
    record Parts(int attempt, String image, Map<String, String> environment, List<Struct> mounts, Struct linux) {
    }

    static Struct of(Obj pod, Struct container, Parts parts) {
        Map<String, String> env = parts.environment();
        String name = container.text("name");
        Struct.Builder b = Struct.builder().put("metadata", Struct.of("name", name, "attempt", parts.attempt()));
        b.put("image", Struct.of("image", parts.image(), "userSpecifiedImage", container.text("image")));
        b.putUnlessEmpty("command", expanded(container.seq("command"), env));
        b.putUnlessEmpty("args", expanded(container.seq("args"), env));
        b.putUnlessEmpty("workingDir", container.text("workingDir"));
        List<Struct> variables = new ArrayList<>();
        env.forEach((k, v) -> variables.add(Struct.of("key", k, "value", v)));
        b.putUnlessEmpty("envs", variables);
        b.putUnlessEmpty("mounts", parts.mounts());
        b.put("labels", Labels.container(pod, name));
        b.put("annotations", annotations(pod, container, parts.attempt()));
        b.put("logPath", name + "/" + parts.attempt() + ".log");
        b.put("stdin", container.flag("stdin")).put("stdinOnce", container.flag("stdinOnce"))
                .put("tty", container.flag("tty"));
        return b.put("linux", parts.linux()).build();
    }

    private static List<String> expanded(Seq words, Map<String, String> env) {
        return words.texts().stream().map(w -> Expansion.of(w, env)).toList();
    }

    private static Struct annotations(Obj pod, Struct container, int attempt) {
        return Struct.of(Labels.HASH, hash(container), Labels.RESTARTS, Integer.toString(attempt), Labels.MESSAGE_PATH,
                container.text("terminationMessagePath", "/dev/termination-log"), Labels.MESSAGE_POLICY,
                container.text("terminationMessagePolicy", "File"), Labels.GRACE,
                Long.toString(pod.spec().whole("terminationGracePeriodSeconds", 30)));
    }

    /// Changes when a running container has to be replaced: its image is the only such field.
    static String hash(Struct container) {
        return Integer.toHexString((container.text("name") + "\n" + container.text("image")).hashCode());
    }
}
