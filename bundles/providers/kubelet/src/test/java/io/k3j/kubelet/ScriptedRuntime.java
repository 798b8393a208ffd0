package io.k3j.kubelet;

import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeReadiness;
import io.k3j.nodeapi.RuntimeVersion;
import io.k3j.nodeapi.Sandbox;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A container runtime in memory: what was started runs until it is stopped, or until the test ends it. Any thread.
final class ScriptedRuntime implements ContainerRuntime {
    /// What was asked for, as `stop c 30`, `pull image`, `update c {…}`.
    final List<String> calls = new CopyOnWriteArrayList<>();
    /// Names of containers that do not end before their latch opens, however they are asked.
    final Map<String, CountDownLatch> stubborn = new ConcurrentHashMap<>();
    /// Exit codes of commands in containers, by their first word.
    final Map<String, Integer> commands = new ConcurrentHashMap<>();
    /// With what containers end that are asked to.
    volatile int exitCode = 143;
    /// Whether it takes another file for a log that was renamed.
    volatile boolean opensLogs;
    final List<ContainerUsage> usage = new CopyOnWriteArrayList<>();
    /// How many starts fail.
    final AtomicInteger failingStarts = new AtomicInteger();
    /// How many sandboxes fail as no fault of a runtime does.
    final AtomicInteger brokenSandboxes = new AtomicInteger();
    /// How addresses of sandboxes begin.
    volatile String network = "10.0.0.";
    /// Called whenever one container is looked at.
    volatile Runnable looked = () -> {
    };
    /// Called whenever its readiness is asked for.
    volatile Runnable asked = () -> {
    };
    /// Called whenever sandboxes are listed.
    volatile Runnable listing = () -> {
    };
    private final Map<String, Sandbox> sandboxes = new LinkedHashMap<>();
    private final Map<String, Container> containers = new LinkedHashMap<>();
    private int serial;

    /// The configurations containers were made with.
    final List<Struct> configs = new CopyOnWriteArrayList<>();
    /// The configurations sandboxes were made with.
    final List<Struct> sandboxConfigs = new CopyOnWriteArrayList<>();
    /// What its handlers can do.
    volatile List<Handler> handlers = List.of();
    /// Whether it knows the policy of groups.
    volatile boolean groupsPolicy;
    /// Called with each image that is pulled.
    volatile Consumer<String> pulling = image -> {
    };
    /// Called with each command that runs in a container.
    volatile Executing executing = command -> {
    };

    /// What a command does meanwhile.
    interface Executing {
        void run(List<String> command) throws InterruptedException;
    }

    /// Images that are not there.
    final Set<String> absent = new CopyOnWriteArraySet<>();

    @Override
    public RuntimeVersion version() {
        return new RuntimeVersion("scripted", "1", "v1");
    }

    @Override
    public RuntimeReadiness readiness() {
        asked.run();
        return new RuntimeReadiness(true, true, "");
    }

    @Override
    public List<Handler> handlers() {
        return handlers;
    }

    @Override
    public boolean supplementalGroupsPolicy() {
        return groupsPolicy;
    }

    @Override
    public boolean systemdCgroups() {
        return false;
    }

    @Override
    public synchronized String runSandbox(Struct config, String handler) {
        if (brokenSandboxes.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new NoClassDefFoundError("a class that cannot be loaded");
        }
        String id = "sandbox-" + serial++;
        sandboxConfigs.add(config);
        int attempt = (int) config.struct("metadata").whole("attempt", 0);
        sandboxes.put(id, new Sandbox(id, attempt, true, Instant.now(), List.of(network + serial),
                config.struct("labels").texts(), config.struct("annotations").texts()));
        return id;
    }

    @Override
    public synchronized void stopSandbox(String id) {
        List.copyOf(containers.values()).stream().filter(c -> c.sandbox().equals(id)).forEach(c -> end(c, 137));
        sandboxes.computeIfPresent(id, (k, s) -> new Sandbox(id, s.attempt(), false, s.created(), s.addresses(),
                s.labels(), s.annotations()));
    }

    @Override
    public synchronized void removeSandbox(String id) {
        containers.values().removeIf(c -> c.sandbox().equals(id));
        sandboxes.remove(id);
    }

    @Override
    public synchronized Optional<Sandbox> sandbox(String id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    @Override
    public synchronized List<Sandbox> sandboxes(Map<String, String> labels) {
        listing.run();
        return sandboxes.values().stream().filter(s -> s.labels().entrySet().containsAll(labels.entrySet())).toList();
    }

    @Override
    public synchronized String createContainer(String sandbox, Struct config, Struct sandboxConfig) {
        refuseUnlessReady(sandbox);
        String id = "container-" + serial++;
        Struct metadata = config.struct("metadata");
        containers.put(id, new Container(id, sandbox, metadata.text("name"), (int) metadata.whole("attempt", 0),
                Container.State.CREATED, config.struct("image").text("image"), config.struct("labels").texts(),
                config.struct("annotations").texts(), Container.End.NONE));
        configs.add(config);
        calls.add("create " + metadata.text("name") + " " + config.struct("linux").struct("resources"));
        return id;
    }

    @Override
    public synchronized void startContainer(String id) {
        Container c = containers.get(id);
        refuseUnlessReady(c.sandbox());
        if (failingStarts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED, "cannot start " + c.name());
        }
        Container.End end = new Container.End(Instant.now(), Instant.now(), Instant.EPOCH, 0, "", "", "");
        containers.put(id, in(c, Container.State.RUNNING, end));
        calls.add("start " + c.name());
    }

    /// As containerd does: what looked before the sandbox was stopped and acts after it gets an error.
    private void refuseUnlessReady(String sandbox) {
        Sandbox in = sandboxes.get(sandbox);
        if (in == null || !in.ready()) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED, "sandbox " + sandbox + " is not running");
        }
    }

    private static Container in(Container c, Container.State state, Container.End end) {
        return new Container(c.id(), c.sandbox(), c.name(), c.attempt(), state, c.image(), c.labels(),
                c.annotations(), end);
    }

    @Override
    public void stopContainer(String id, Duration grace) {
        Container c = container(id).orElseThrow();
        calls.add("stop " + c.name() + " " + grace.toSeconds());
        CountDownLatch latch = stubborn.get(c.name());
        try {
            if (latch != null) {
                latch.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(c, exitCode);
    }

    /// Ends what runs under a name by itself.
    void exit(String name, int code) {
        List.copyOf(all()).stream().filter(c -> c.name().equals(name)).forEach(c -> end(c, code));
    }

    private synchronized void end(Container c, int code) {
        Container now = containers.get(c.id());
        if (now != null && now.running()) {
            containers.put(c.id(), in(now, Container.State.EXITED, new Container.End(now.end().created(),
                    now.end().started(), Instant.now(), code, "", "", "/nowhere/" + c.id())));
        }
    }

    /// Everything that was made and not removed, the oldest first.
    synchronized List<Container> all() {
        return List.copyOf(containers.values());
    }

    @Override
    public synchronized void removeContainer(String id) {
        containers.remove(id);
    }

    @Override
    public synchronized Optional<Container> container(String id) {
        looked.run();
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public synchronized List<Container> containers(Map<String, String> labels) {
        return containers.values().stream().filter(c -> c.labels().entrySet().containsAll(labels.entrySet())).toList();
    }

    @Override
    public void updateResources(String id, Struct linux) {
        calls.add("update " + container(id).orElseThrow().name() + " " + linux);
    }

    @Override
    public void reopenLog(String id) {
        if (!opensLogs) {
            throw new RuntimeFault(RuntimeFault.Kind.UNSUPPORTED, "no logs");
        }
    }

    @Override
    public ExecResult exec(String id, List<String> command, Duration timeout) {
        try {
            executing.run(command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "interrupted");
        }
        return new ExecResult(commands.getOrDefault(command.getFirst(), 0), new byte[0], new byte[0]);
    }

    @Override
    public URI stream(String kind, Struct request) {
        throw new RuntimeFault(RuntimeFault.Kind.UNSUPPORTED, "no streams");
    }

    @Override
    public List<ContainerUsage> usage() {
        return List.copyOf(usage);
    }

    @Override
    public List<Sandbox.Usage> sandboxUsage() {
        return List.of();
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.empty();
    }

    @Override
    public ImageStore images() {
        return new ImageStore() {
            @Override
            public Optional<Image> find(String name) {
                return absent.contains(name) ? Optional.empty()
                        : Optional.of(new Image(name, List.of(name), List.of(), 1, OptionalLong.empty(), "", false));
            }

            @Override
            public List<Image> list() {
                return new ArrayList<>();
            }

            @Override
            public String pull(String name, Struct auth) {
                calls.add("pull " + name);
                pulling.accept(name);
                return name;
            }

            @Override
            public void remove(String name) {
                calls.add("remove " + name);
            }

            @Override
            public Disk disk() {
                return new Disk("/", 0);
            }
        };
    }

    @Override
    public AutoCloseable events(Consumer<RuntimeEvent> listener) {
        return () -> {
        };
    }
}
