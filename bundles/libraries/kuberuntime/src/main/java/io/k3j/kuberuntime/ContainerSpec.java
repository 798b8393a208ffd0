package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A container as CRI's `ContainerConfig`; pure. Any thread. See
/// <https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto>.
///
/// Field names are those of CRI in camel case; what is empty is left out, so that the runtime's own default counts.
public final class ContainerSpec {
    private ContainerSpec() {
    }

    /// What a container's configuration is made of, beside pod and container.
    ///
    /// @param attempt how many there were before
    /// @param image id or digest
    /// @param environment all variables; in the order in which they are set; `command` and `args` are expanded by them
    /// @param mounts CRI's `Mount`s
    /// @param devices CRI's `Device`s
    /// @param linux CRI's `LinuxContainerConfig`
    public record Parts(int attempt, String image, Map<String, String> environment, List<Struct> mounts,
            List<Struct> devices, Struct linux) {
    }

    /// Everything but what the runtime itself decides. `logPath` is relative to the sandbox's log directory:
    /// `<name>/<attempt>.log`, as upstream has it.
    /// @param container one of the pod's, of any kind
    /// @throws ConfigError when a program cannot be given as much
    public static Struct of(Obj pod, Struct container, Parts parts) {
        Map<String, String> env = parts.environment();
        String name = container.text("name");
        Struct.Builder b = Struct.builder().put("metadata", Struct.of("name", name, "attempt", parts.attempt()));
        b.put("image", Struct.of("image", parts.image(), "userSpecifiedImage", container.text("image")));
        Words words = new Words(env);
        b.putUnlessEmpty("command", words.expanded("command", container.seq("command")));
        b.putUnlessEmpty("args", words.expanded("args", container.seq("args")));
        b.putUnlessEmpty("workingDir", container.text("workingDir"));
        List<Struct> variables = new ArrayList<>();
        env.forEach((k, v) -> variables.add(Struct.of("key", k, "value", v)));
        b.putUnlessEmpty("envs", variables);
        b.putUnlessEmpty("mounts", parts.mounts());
        b.putUnlessEmpty("devices", parts.devices());
        b.put("labels", Labels.container(pod, name));
        b.put("annotations", annotations(pod, container, parts.attempt()));
        b.put("logPath", name + "/" + parts.attempt() + ".log");
        b.put("stdin", container.flag("stdin")).put("stdinOnce", container.flag("stdinOnce"))
                .put("tty", container.flag("tty"));
        return b.put("linux", parts.linux()).build();
    }

    /// What the next kubelet has to know of a container before it has its pod: where its last words lie and how long it
    /// may take to end.
    private static Struct annotations(Obj pod, Struct container, int attempt) {
        return Struct.of(Labels.HASH, hash(container), Labels.RESTARTS, Integer.toString(attempt), Labels.MESSAGE_PATH,
                container.text("terminationMessagePath", "/dev/termination-log"), Labels.MESSAGE_POLICY,
                container.text("terminationMessagePolicy", "File"), Labels.GRACE,
                Long.toString(PodSpecs.grace(pod)));
    }

    /// Changes when a running container has to be replaced: its image is the only such field. Upstream hashes name and
    /// image only, too (since 1.31): every other field of a running pod's containers is fixed, or is changed in place.
    /// @return small hexadecimal digits, for comparing with another one of this class alone
    static String hash(Struct container) {
        return Integer.toHexString((container.text("name") + "\n" + container.text("image")).hashCode());
    }
}
