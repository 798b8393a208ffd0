package io.k3j.kubectl;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/// `logs`.
final class Logs {
    private Logs() {
    }

    static int run(Api api, Options options, PrintStream out) {
        if (options.words().isEmpty()) {
            throw new CommandFailure("error: expected 'logs POD'");
        }
        String pod = options.words().getFirst();
        String name = pod.substring(pod.indexOf('/') + 1);
        StringBuilder path = new StringBuilder("/api/v1/namespaces/" + Get.namespace(api, options) + "/pods/" + name
                + "/log?follow=" + options.flag("follow") + "&previous=" + options.flag("previous") + "&timestamps="
                + options.flag("timestamps"));
        if (options.values().containsKey("container")) {
            path.append("&container=").append(Api.encoded(options.text("container", "")));
        }
        // the default, which means all lines and is nothing to ask a kubelet for
        if (!options.text("tail", "-1").equals("-1")) {
            path.append("&tailLines=").append(options.text("tail", ""));
        }
        try (InputStream in = api.open("GET", path.toString(), "", new byte[0], "*/*")) {
            in.transferTo(out);
            out.flush();
        } catch (IOException e) {
            throw new CommandFailure("error: the log was cut: " + e.getMessage());
        }
        return 0;
    }
}
