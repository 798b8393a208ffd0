package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.kubeletserver.KubeletServer.Refusal;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.nodeapi.Container;
import io.k3j.nodefiles.FileRoots;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// `/containerLogs`: what a container has written, with the fields of `PodLogOptions`. Any thread; one per request,
/// which it blocks.
final class ContainerLogs {
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain; charset=utf-8");
    private static final List<String> STATUSES = List.of("containerStatuses", "initContainerStatuses",
            "ephemeralContainerStatuses");
    private static final Set<String> STREAMS = Set.of("All", "Stdout", "Stderr");
    private final KubeletHost host;
    private final FileRoots logs;

    /// @param host whose containers they are
    /// @param logs where their logs lie
    ContainerLogs(KubeletHost host, FileRoots logs) {
        this.host = host;
        this.logs = logs;
    }

    /// The runtime is asked again here, for containers that were made since the kubelet last looked. Containers that
    /// were made and never started have no log and do not count. `previous` is the one before the newest, or the newest
    /// that has ended while the container waits for its next start: what the status tells as its last state.
    /// @param name of the container
    /// @throws Refusal 404 without such a container or its file, 400 while the container waits for its first start, 422
    /// for parameters that cannot be, 500 when the file is none that a runtime writes, as a link
    void serve(Exchange x, Obj pod, String name, Parameters query) throws IOException, InterruptedException {
        LogReader.Request request = request(query);
        if (PodSpecs.container(pod, name).isEmpty()) {
            throw new Refusal(404, "container \"" + name + "\" not found in pod \"" + pod.name() + "\"");
        }
        boolean previous = query.flag("previous");
        PodRuntime runtime = PodRuntime.read(host.runtime(), pod.uid());
        List<Container> all = runtime.containers().getOrDefault(name, List.of()).stream()
                .filter(c -> c.state() != Container.State.CREATED).toList();
        boolean waits = !all.isEmpty() && all.getFirst().exited() && waits(pod, name);
        Optional<Container> which = all.stream().skip(previous && !waits ? 1 : 0).findFirst();
        if (which.isEmpty()) {
            throw new Refusal(400, previous
                    ? "previous terminated container \"" + name + "\" in pod \"" + pod.name() + "\" not found"
                    : "container \"" + name + "\" in pod \"" + pod.name() + "\" is waiting to start: "
                            + waiting(pod, name));
        }
        Path file = Path.of(which.get().end().log());
        look(file, name);
        send(x, file, request, which.get().id());
    }

    /// Before the answer begins, so that its status can say what is wrong.
    private void look(Path file, String name) throws IOException {
        try {
            logs.regular(file).close();
        } catch (NoSuchFileException e) {
            throw new Refusal(404, "log of container \"" + name + "\" is gone");
        } catch (FileSystemException e) {
            throw new Refusal(500, "log of container \"" + name + "\" is not read: " + e.getMessage());
        }
    }

    private static boolean waits(Obj pod, String name) {
        return STATUSES.stream()
                .anyMatch(field -> pod.status().seq(field).find("name", name).struct("state").has("waiting"));
    }

    /// Why a container has not begun, for people: the reason of its status, but for images in the words kubectl shows.
    private static String waiting(Obj pod, String name) {
        String reason = STATUSES.stream().map(f -> pod.status().seq(f).find("name", name).struct("state")
                .struct("waiting").text("reason")).filter(r -> !r.isEmpty()).findFirst().orElse("ContainerCreating");
        return switch (reason) {
            case "ErrImagePull" -> "image can't be pulled";
            case "ImagePullBackOff" -> "trying and failing to pull image";
            default -> reason;
        };
    }

    /// With upstream's `tail`, the old name of `tailLines`, of which `all` is none. Text that is no time counts as no
    /// time. The API server has looked at what it passes on; others may ask here, too.
    /// @throws Refusal 422 for parameters that `ValidatePodLogOptions` does not take
    private LogReader.Request request(Parameters q) {
        @Nullable
        Instant since = Times.parse(q.first("sinceTime")).orElse(null);
        String old = q.first("tail");
        boolean tails = q.has("tailLines") && old.isEmpty() || !old.isEmpty() && !old.equals("all");
        long tail = tails ? q.number(old.isEmpty() ? "tailLines" : "tail", -1) : -1;
        String stream = q.first("stream").isEmpty() ? "All" : q.first("stream");
        boolean wrong = tails && tail < 0 || q.number("limitBytes", 1) < 1 || q.number("sinceSeconds", 1) < 1
                || since != null && q.has("sinceSeconds") || !STREAMS.contains(stream)
                || tails && !stream.equals("All");
        if (wrong) {
            throw new Refusal(422, "{\"message\": \"Invalid request.\"}");
        }
        if (q.has("sinceSeconds")) {
            since = host.clock().instant().minusSeconds(q.number("sinceSeconds", 1));
        }
        return new LogReader.Request(q.flag("follow"), tail, q.number("limitBytes", -1), since, q.flag("timestamps"),
                stream.equals("All") ? "" : stream);
    }

    /// It goes on while the client listens, the kubelet lives and the container runs. [Exchange#mayPause] is said
    /// because `kubectl logs -f | less` stops reading for as long as a person likes. No lock and no seat is held
    /// meanwhile.
    private void send(Exchange x, Path file, LogReader.Request request, String id)
            throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        x.onEnd(ended::countDown);
        x.mayPause();
        try (ResponseStream out = x.stream(200, TEXT)) {
            new LogReader(logs, file, request, bytes -> out.write(bytes), () -> out.open() && host.open()
                    && host.runtime().container(id).map(Container::running).orElse(false), ended).run();
        }
    }
}
