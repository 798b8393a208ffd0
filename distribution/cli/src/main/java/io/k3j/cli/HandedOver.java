package io.k3j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Arguments that `bin/k3s` hands over by a pipe instead of the command line, which everybody on the machine can read.
final class HandedOver {
    /// Ends each of them: the record separator, which no argument has.
    private static final char END = '\u001e';

    private HandedOver() {
    }

    /// @param words of the command line
    /// @param descriptor the number of the pipe, empty when there is none
    /// @throws UsageFailure when there is to be one and it cannot be read
    static List<String> after(List<String> words, String descriptor) {
        if (descriptor.isEmpty()) {
            return words;
        }
        List<String> all = new ArrayList<>(words);
        try {
            // a name of a file need not be text, and is decoded as Java decodes a command line
            String text = new String(Files.readAllBytes(Path.of("/proc/self/fd", descriptor)), StandardCharsets.UTF_8);
            int from = 0;
            for (int end = text.indexOf(END); end >= 0; end = text.indexOf(END, from)) {
                all.add(text.substring(from, end));
                from = end + 1;
            }
        } catch (IOException e) {
            throw new UsageFailure("cannot read the arguments that bin/k3s hands over: " + e.getMessage()
                    + "; is /proc mounted?");
        }
        return all;
    }
}
