package io.k3j.nodeapi;

import io.k3j.model.Struct;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// The container runtime of this node, as CRI v1 describes it
/// (<https://kubernetes.io/docs/concepts/architecture/cri/>).
///
/// **Who.** `cri-containerd` provides one instance while the runtime answers; `kubelet` uses it.
///
/// **Guarantees.**
/// 1. Sandboxes, containers and images outlive the instance: a successor lists the same ones.
/// 2. What is stopped or removed twice is no failure.
/// 3. Configurations are trees with the field names of CRI's messages in camel case, enum values by
///    name; an unknown field is refused with [IllegalArgumentException], never dropped.
///
/// **Threads.** Any; every method blocks until the runtime has answered.
///
/// **Failure.** [RuntimeFault]; the caller retries unless the fault says it is final.
@ProviderType
public interface ContainerRuntime {
    /// Name, version and CRI version of the runtime.
    RuntimeVersion version();

    /// Whether the runtime and its pod network are ready, as the runtime sees it.
    RuntimeReadiness readiness();

    /// The handlers that RuntimeClasses may name, the default one by the empty name, with what each of them can do.
    /// Empty for a runtime that does not tell, as containerd before 2.0.
    default List<Handler> handlers() {
        return List.of();
    }

    /// What a handler can do, as the runtime tells.
    ///
    /// @param name as a RuntimeClass names it; empty for the default one
    /// @param recursiveReadOnlyMounts whether it mounts volumes read-only with all that is mounted below them
    /// @param userNamespaces whether it runs pods in user namespaces of their own
    record Handler(String name, boolean recursiveReadOnlyMounts, boolean userNamespaces) {
    }

    /// Whether processes may be kept from the groups that files of their image give their users
    /// (`supplementalGroupsPolicy: Strict`).
    default boolean supplementalGroupsPolicy() {
        return false;
    }

    /// Who keeps the cgroups of pods, and with it what `cgroup_parent` of a sandbox is: a slice of systemd's as
    /// `kubepods-burstable.slice` when true, else a path as `/kubepods/burstable`. The same as long as the instance
    /// lives; does not block.
    boolean systemdCgroups();

    /// Makes and starts a sandbox, with its network.
    ///
    /// @param config a `PodSandboxConfig`
    /// @param handler the RuntimeClass handler, empty for the default one
    /// @return the sandbox's id
    String runSandbox(Struct config, String handler);

    /// Kills whatever runs in a sandbox and gives its network back.
    void stopSandbox(String id);

    /// Removes a sandbox and its containers, stopping them if need be.
    void removeSandbox(String id);

    /// One sandbox with its addresses, empty when there is none.
    Optional<Sandbox> sandbox(String id);

    /// All sandboxes that carry the labels; without their addresses.
    List<Sandbox> sandboxes(Map<String, String> labels);

    /// Makes a container.
    ///
    /// @param sandbox id of the sandbox it lives in
    /// @param config a `ContainerConfig`
    /// @param sandboxConfig the `PodSandboxConfig` the sandbox was made with
    /// @return the container's id
    String createContainer(String sandbox, Struct config, Struct sandboxConfig);

    /// Starts a made container. One that has ended cannot be started again: make another.
    void startContainer(String id);

    /// Asks a container to end, and kills it after `grace`. Returns when it has ended.
    void stopContainer(String id, Duration grace);

    /// Removes a container, killing it if need be.
    void removeContainer(String id);

    /// One container with times, exit code and message, empty when there is none.
    Optional<Container> container(String id);

    /// All containers that carry the labels; only what [Container#id] to [Container#labels] tell.
    List<Container> containers(Map<String, String> labels);

    /// Changes limits while a container runs.
    ///
    /// @param linux a `LinuxContainerResources`
    void updateResources(String id, Struct linux);

    /// Makes the runtime open a container's log file again, after it was renamed.
    void reopenLog(String id);

    /// Runs a command in a running container and waits for its end.
    /// @throws RuntimeFault with [RuntimeFault.Kind#DEADLINE] when it takes longer than `timeout`
    ExecResult exec(String id, List<String> command, Duration timeout);

    /// Where to connect, once and within a minute, for a stream, as SPDY/3.1 or WebSocket on this host.
    ///
    /// @param kind `Exec`, `Attach` or `PortForward`
    /// @param request an `ExecRequest`, `AttachRequest` or `PortForwardRequest`
    URI stream(String kind, Struct request);

    /// What the running containers use, each at its own instant.
    List<ContainerUsage> usage();

    /// What the sandboxes that run use, each at its own instant. One of which nothing is known is left out.
    List<Sandbox.Usage> sandboxUsage();

    /// The process of the runtime itself, empty where it is not known, as of a runtime that somebody else started. Does
    /// not block.
    OptionalLong pid();

    /// The images of this node.
    ImageStore images();

    /// Tells of containers that were made, started, ended or removed, in order, from one virtual thread.
    /// When something may have been missed it tells [RuntimeEvent#RESYNC]. Ends when closed.
    AutoCloseable events(Consumer<RuntimeEvent> listener);
}
