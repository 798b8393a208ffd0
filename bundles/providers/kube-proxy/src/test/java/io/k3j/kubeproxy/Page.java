package io.k3j.kubeproxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The commands in `docs/kube-proxy.md`.
final class Page {
    private Page() {
    }

    /// The lines of the block that follows a mark.
    static List<String> commands(String mark) throws IOException {
        String page = Files.readString(Path.of("../../../docs/kube-proxy.md"));
        String begin = "<!-- " + mark + " -->\n```sh\n";
        int at = page.indexOf(begin) + begin.length();
        return page.substring(at, page.indexOf("```", at)).lines().toList();
    }
}
