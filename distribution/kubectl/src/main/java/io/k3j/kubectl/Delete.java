package io.k3j.kubectl;

import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// `delete`, waiting until the objects are gone.
final class Delete {
    private static final long WAIT_SECONDS = 600;

    private record Gone(Target target, String namespace) {
    }

    private Delete() {
    }

    static int run(Api api, Options options, PrintStream out) {
        Resources resources = new Resources(api);
        List<Gone> gone = new ArrayList<>();
        if (options.values().containsKey("filename")) {
            for (Struct document : Apply.documents(options)) {
                Obj o = Obj.of(document);
                gone.add(new Gone(new Target(resources.of(o.gvk()), o.name()),
                        o.namespace().isEmpty() ? Get.namespace(api, options) : o.namespace()));
            }
        } else {
            Target.of(options.words(), resources).forEach(t -> gone.add(new Gone(t, Get.namespace(api, options))));
        }
        Struct body = Struct.of("kind", "DeleteOptions", "apiVersion", "v1", "propagationPolicy", "Background");
        if (options.values().containsKey("grace-period")) {
            body = body.with("gracePeriodSeconds", Long.parseLong(options.text("grace-period", "30")));
        }
        for (Gone g : gone) {
            if (g.target().name().isEmpty()) {
                throw new CommandFailure("error: resource(s) were provided, but no name was specified");
            }
            String namespace = g.target().resource().namespaced() ? g.namespace() : "";
            api.call("DELETE", g.target().resource().path(namespace, g.target().name()), "application/json",
                    Json.bytes(body), "application/json");
            out.println(g.target().shown() + " deleted");
        }
        gone.forEach(g -> Watching.until(api, g.target(), g.namespace(), WAIT_SECONDS,
                (type, o) -> type.equals("DELETED")));
        return 0;
    }
}
