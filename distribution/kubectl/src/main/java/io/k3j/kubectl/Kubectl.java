package io.k3j.kubectl;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.TerminalText;
import io.k3j.model.Struct;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The door: one command line in, an exit code out.
public final class Kubectl {
    private static final List<String> VERBS = List.of("get", "apply", "delete", "logs", "exec", "wait", "version");

    private Kubectl() {
    }

    /// Runs one command against the cluster of `kubeconfig` (unless `--kubeconfig` names another); blocks.
    public static int run(List<String> arguments, String kubeconfig, PrintStream out, PrintStream err) {
        return run(arguments, kubeconfig, "for the rest install kubectl", out, err);
    }

    /// The same; what only a real kubectl can do ends with `rest`, which says how to get one.
    public static int run(List<String> arguments, String kubeconfig, String rest, PrintStream out, PrintStream err) {
        try {
            return command(arguments, kubeconfig, out, err);
        } catch (CommandFailure e) {
            complain(e.absent() ? e.getMessage() + "; " + rest : e.getMessage(), err);
        } catch (MalformedInput e) {
            complain(e.getMessage(), err);
        } catch (CompletionException e) {
            complain("error: " + Objects.requireNonNull(e.getCause()).getMessage(), err);
        }
        return 1;
    }

    private static void complain(@Nullable String why, PrintStream err) {
        err.println(TerminalText.escaped(String.valueOf(why)));
    }

    private static int command(List<String> arguments, String kubeconfig, PrintStream out, PrintStream err) {
        int at = Options.verb(arguments);
        String word = at < arguments.size() ? arguments.get(at) : "";
        if (!VERBS.contains(word)) {
            throw CommandFailure.absent("error: no kubectl is installed, and the one built into k3s has only "
                    + String.join(", ", VERBS.subList(0, VERBS.size() - 1)) + " and " + VERBS.getLast()
                    + (word.isEmpty() ? "" : ", no \"" + word + "\""));
        }
        List<String> others = new ArrayList<>(arguments);
        others.remove(at);
        Options options = Options.parse(word, others);
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
        out.println("Client Version: built into k3s (" + String.join(" ", VERBS) + ")");
        if (!options.flag("client")) {
            Struct version = api.get("/version");
            out.println("Server Version: " + version.text("gitVersion"));
        }
        return 0;
    }
}
