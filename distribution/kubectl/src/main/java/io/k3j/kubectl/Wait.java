package io.k3j.kubectl;

import io.k3j.model.Struct;
import java.io.PrintStream;

/// `wait --for=condition=NAME[=VALUE]` and `--for=delete`.
final class Wait {
    private static final String CONDITION = "condition=";

    private Wait() {
    }

    static int run(Api api, Options options, PrintStream out, PrintStream err) {
        String what = options.text("for", "");
        if (!what.equals("delete") && !what.startsWith(CONDITION)) {
            throw CommandFailure.absent("error: no kubectl is installed, and the one built into k3s waits only for"
                    + " --for=delete and --for=condition=NAME");
        }
        long seconds = seconds(options.text("timeout", "30s"));
        for (Target t : Target.of(options.words(), new Resources(api))) {
            boolean there = Watching.until(api, t, Get.namespace(api, options), seconds,
                    (type, o) -> what.equals("delete") ? type.equals("DELETED")
                            : holds(o, what.substring(CONDITION.length())));
            if (!there) {
                err.println("error: timed out waiting for the condition on " + t.resource().gvr().resource() + "/"
                        + t.name());
                return 1;
            }
            out.println(Target.shortly(t.resource(), t.name()) + " condition met");
        }
        return 0;
    }

    private static boolean holds(Struct object, String condition) {
        int eq = condition.indexOf('=');
        String name = eq < 0 ? condition : condition.substring(0, eq);
        String value = eq < 0 ? "True" : condition.substring(eq + 1);
        return object.struct("status").seq("conditions").structs().stream()
                .anyMatch(c -> c.text("type").equalsIgnoreCase(name) && c.text("status").equalsIgnoreCase(value));
    }

    private static long seconds(String duration) {
        long unit = duration.endsWith("h") ? 3600 : duration.endsWith("m") ? 60 : 1;
        try {
            return unit * Long.parseLong(duration.substring(0, duration.length() - 1));
        } catch (NumberFormatException e) {
            throw new CommandFailure("error: invalid --timeout \"" + duration + "\"; give for example 30s, 5m or 1h");
        }
    }
}
