package io.k3j.kuberuntime;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What stands before the text of a line in CRI's log format: `<time> <stream> <P|F> <text>`. A file in which a line
/// does not begin so was not written by the runtime. See
/// <https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md>.
///
/// @param time as written, in the form of RFC 3339
/// @param stream `stdout` or `stderr`
/// @param whole whether a line of the container ends here; otherwise its next part is in the next line
/// @param text where the text begins, in bytes from the beginning of the line
public record LogLine(String time, String stream, boolean whole, int text) {
    /// Bytes of a line at most, without its end, as runtimes write them: containerd cuts the text after 16 KiB
    /// (`max_container_log_line_size`), and less than 64 bytes stand before it.
    public static final int LONGEST = 16 * 1024 + 64;
    /// The form of a time up to its second: `0` is any digit.
    private static final String SECOND = "0000-00-00T00:00:00";
    /// What may follow: a fraction, and `Z` or the distance from it.
    private static final String FRACTION_AND_ZONE = ".0123456789Z+-:";
    private static final int LONGEST_TIME = "0000-00-00T00:00:00.000000000+00:00".length();

    /// Reads the beginning of a line. The text is not looked at: it has the encoding of the container.
    ///
    /// @param line without its end, or any beginning of it
    /// @return empty for a line of another form
    public static Optional<LogLine> of(byte[] line) {
        int time = blank(line, 0);
        int stream = blank(line, time + 1);
        int tag = blank(line, stream + 1);
        if (time < 0 || stream < 0 || tag < 0 || !isTime(line, time)) {
            return Optional.empty();
        }
        String of = new String(line, time + 1, stream - time - 1, StandardCharsets.ISO_8859_1);
        if (!of.equals("stdout") && !of.equals("stderr")) {
            return Optional.empty();
        }
        boolean whole = line[stream + 1] == 'F';
        return Optional.of(new LogLine(new String(line, 0, time, StandardCharsets.ISO_8859_1), of, whole, tag + 1));
    }

    /// The next blank at or after a place, -1 when there is none.
    private static int blank(byte[] line, int from) {
        for (int i = from; i < line.length; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    /// Its form only: whether there is such a day does not matter here.
    private static boolean isTime(byte[] line, int end) {
        if (end <= SECOND.length() || end > LONGEST_TIME) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = (char) (line[i] & 0xff);
            if (i >= SECOND.length() ? FRACTION_AND_ZONE.indexOf(c) < 0
                    : SECOND.charAt(i) == '0' ? c < '0' || c > '9' : c != SECOND.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
