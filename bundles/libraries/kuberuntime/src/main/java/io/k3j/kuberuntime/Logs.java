package io.k3j.kuberuntime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// Log files in CRI's format: `time stream F|P text`. Any thread; reads what its caller has opened. See
/// <https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md>.
public final class Logs {
    private static final int TAIL_BYTES = 64 * 1024;
    private static final byte[] END = {'\n'};

    private Logs() {
    }

    /// The text of the last lines of a log, for a termination message. Lines of both streams count, also parts of
    /// lines; one of another form than [LogLine] is left out. No more than the last 64 KiB are read, so that neither
    /// the size of a log nor that of a line matters: a line of a runtime is shorter.
    /// @param log a regular file; stays open
    /// @param lines at most
    /// @param bytes at most, the last ones; less than 64 KiB
    /// @throws IOException when it cannot be read
    public static String tail(SeekableByteChannel log, int lines, int bytes) throws IOException {
        Deque<byte[]> last = new ArrayDeque<>();
        for (byte[] line : end(log)) {
            LogLine.of(line).ifPresent(l -> last.addLast(Arrays.copyOfRange(line, l.text(), line.length)));
            if (last.size() > lines) {
                last.removeFirst();
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] text : last) {
            all.writeBytes(text);
            all.writeBytes(END);
        }
        int to = Math.max(0, all.size() - END.length);
        int from = Math.max(0, to - bytes);
        return new String(all.toByteArray(), from, to - from, StandardCharsets.UTF_8);
    }

    /// The last lines, of which the first may lack its beginning: then it has another form than a line.
    private static List<byte[]> end(SeekableByteChannel log) throws IOException {
        log.position(Math.max(0, log.size() - TAIL_BYTES));
        byte[] all = Channels.newInputStream(log).readNBytes(TAIL_BYTES);
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= all.length; i++) {
            if (i == all.length || all[i] == '\n') {
                lines.add(Arrays.copyOfRange(all, from, i));
                from = i + 1;
            }
        }
        return lines;
    }
}
