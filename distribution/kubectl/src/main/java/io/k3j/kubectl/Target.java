package io.k3j.kubectl;

import java.util.ArrayList;
import java.util.List;

/// A resource and, possibly, the name of one of its objects.
record Target(Resources.Resource resource, String name) {
    /// Reads `TYPE[,TYPE]`, `TYPE NAME…` and `TYPE/NAME…`.
    static List<Target> of(List<String> words, Resources resources) {
        List<Target> targets = new ArrayList<>();
        if (words.isEmpty()) {
            throw new CommandFailure("error: you must specify the type of resource, for example: pods");
        }
        if (words.getFirst().contains("/")) {
            for (String word : words) {
                int slash = word.indexOf('/');
                String type = slash < 0 ? word : word.substring(0, slash);
                targets.add(new Target(resources.named(type).getFirst(), word.substring(slash + 1)));
            }
            return targets;
        }
        for (String type : words.getFirst().split(",")) {
            for (Resources.Resource r : resources.named(type)) {
                if (words.size() == 1) {
                    targets.add(new Target(r, ""));
                }
                words.subList(1, words.size()).forEach(name -> targets.add(new Target(r, name)));
            }
        }
        return targets;
    }

    /// As messages name it: `deployment.apps "web"`.
    String shown() {
        String group = resource.gvr().group();
        return resource.singular() + (group.isEmpty() ? "" : "." + group) + " \"" + name + "\"";
    }

    /// As `-o name` prints it: `deployment.apps/web`.
    static String shortly(Resources.Resource resource, String name) {
        String group = resource.gvr().group();
        return resource.singular() + (group.isEmpty() ? "" : "." + group) + "/" + name;
    }
}
