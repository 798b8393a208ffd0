package io.k3j.kubelet;

import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a worker knew at one look, kept for the writing of the status.
record StatusView(Tools tools, Starter starter, Map<String, PodStatus.Waiting> waiting, Map<String, Marks> marks,
        boolean ended, PodStatus.@Nullable Waiting failure) implements PodStatus.View {
    private static final int MAX_WORDS = 4096;
    private static final int LOG_LINES = 80;
    private static final int LOG_BYTES = 2048;

    /// What probes said of a container.
    record Marks(boolean started, boolean ready) {
    }

    @Override
    public boolean started(Container c) {
        Marks m = marks.get(c.id());
        return m != null && m.started();
    }

    @Override
    public boolean ready(Container c) {
        Marks m = marks.get(c.id());
        return m != null && m.ready();
    }

    @Override
    public List<String> hostAddresses() {
        return tools.hosts();
    }

    @Override
    public Instant now() {
        return tools.clock().instant();
    }

    @Override
    public String lastWords(Struct spec, Container c) {
        String uid = c.labels().getOrDefault(Labels.POD_UID, "");
        Path file = starter.lastWords(uid, spec.text("name"), c.attempt());
        String text = "";
        try {
            byte[] bytes = Files.newInputStream(file).readNBytes(MAX_WORDS);
            text = new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            // it left none
        }
        boolean fallback = c.annotations().getOrDefault(Labels.MESSAGE_POLICY, "").equals("FallbackToLogsOnError");
        return text.isEmpty() && fallback && c.end().exitCode() != 0
                ? Logs.tail(Path.of(c.end().log()), LOG_LINES, LOG_BYTES) : text;
    }
}
