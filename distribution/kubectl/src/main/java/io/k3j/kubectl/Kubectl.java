package io.k3j.kubectl;

import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;

/// The door: one command line in, an exit code out.
public final class Kubectl {
    private Kubectl() {
    }

    /// Runs one command against the cluster of `kubeconfig` (unless `--kubeconfig` names another); blocks.
    public static int run(List<String> arguments, String kubeconfig, PrintStream out, PrintStream err) {
        try {
            return command(arguments, kubeconfig, out, err);
        } catch (CommandFailure | MalformedInput e) {
            err.println(e.getMessage());
        } catch (CompletionException e) {
            err.println("error: " + e.getCause().getMessage());
        }
        return 1;
    }

    private static int command(List<String> arguments, String kubeconfig, PrintStream out, PrintStream err) {
        String word = arguments.isEmpty() ? "" : arguments.getFirst();
        if (!List.of("get", "apply", "delete", "logs", "exec", "wait", "version").contains(word)) {
            throw new CommandFailure("error: no kubectl is installed, and the small one built into k3s has no \"" + word
                    + "\"; it has: get apply delete logs exec wait version. Install kubectl for the rest");
        }
        Options options = Options.parse(word, arguments.subList(1, arguments.size()));
        try (Api api = new Api(Kubeconfig.read(Path.of(options.text("kubeconfig", kubeconfig))))) {
            return switch (word) {
                case "get" -> Get.run(api, options, out, err);
                case "apply" -> Apply.run(api, options, out);
                case "delete" -> Delete.run(api, options, out);
                case "logs" -> Logs.run(api, options, out);
                case "exec" -> Exec.run(api, options, out, err);
                case "wait" -> Wait.run(api, options, out, err);
                default -> version(api, options, out);
            };
        }
    }

    private static int version(Api api, Options options, PrintStream out) {
        out.println("Client Version: built into k3s (get apply delete logs exec wait version)");
        if (!options.flag("client")) {
            Struct version = api.get("/version");
            out.println("Server Version: " + version.text("gitVersion"));
        }
        return 0;
    }
}
