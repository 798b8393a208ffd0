package io.k3j.podstatus;

import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.Logs;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.nodeapi.Container;
import io.k3j.nodefiles.FileRoots;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The termination messages of one pod's containers:
/// <https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/>. Each is read once, when
/// its container is first seen exited: a status may be written after the pod's directory was removed. On the pod's
/// thread.
public final class TerminationMessages {
    private static final int MAX_BYTES = 4096;
    private static final int LOG_LINES = 80;
    private static final int LOG_BYTES = 2048;
    private final Function<Container, Path> files;
    private final Path logRoot;
    private Map<String, String> read = Map.of();

    /// @param files the path of a container's message
    /// @param logRoot where the runtime writes logs; no other file counts as one
    public TerminationMessages(Function<Container, Path> files, Path logRoot) {
        this.files = files;
        this.logRoot = logRoot;
    }

    /// The messages of exited containers, by container id.
    public Map<String, String> of(PodRuntime runtime) {
        Map<String, String> all = new HashMap<>();
        for (List<Container> some : runtime.containers().values()) {
            for (Container c : some) {
                if (c.exited()) {
                    all.put(c.id(), read.containsKey(c.id()) ? read.get(c.id()) : read(c));
                }
            }
        }
        read = Map.copyOf(all);
        return read;
    }

    private String read(Container c) {
        String text = "";
        try (SeekableByteChannel in = Files.newByteChannel(files.apply(c))) {
            // the end of what is too long tells more than its beginning
            in.position(Math.max(0, in.size() - MAX_BYTES));
            text = new String(Channels.newInputStream(in).readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // no message
        }
        boolean fallback = c.annotations().getOrDefault(Labels.MESSAGE_POLICY, "").equals("FallbackToLogsOnError");
        boolean failed = c.end().exitCode() != 0 || c.end().reason().equals("OOMKilled");
        return text.isEmpty() && fallback && failed
                ? log(Path.of(c.end().log())) : text;
    }

    /// The end of a log; empty where there is none, or something that the runtime did not write: the container may have
    /// the directory of its log as a volume, and the message is shown to whoever reads the pod.
    private String log(Path file) {
        try (FileRoots.Held held = new FileRoots(List.of(logRoot)).regular(file);
                SeekableByteChannel in = Files.newByteChannel(held.path())) {
            return Logs.tail(in, LOG_LINES, LOG_BYTES);
        } catch (IOException e) {
            return "";
        }
    }
}
