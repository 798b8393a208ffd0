package io.k3j.clusterdns;

import io.k3j.apimachinery.Durations;
import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.corefile.CorefileProblem;
import io.k3j.dnsplugins.Handler;
import java.time.Duration;
import java.util.List;

/// Makes a link of the chain from what a Corefile says of a plug-in.
@FunctionalInterface
interface PluginSetup {
    /// The link, or `next` for a plug-in that has none.
    ///
    /// @param directives all of this plug-in in the block, one at least, in order
    /// @throws CorefileProblem, IllegalArgumentException or UnsupportedOperationException for what it cannot be made of
    Handler plug(List<Directive> directives, BlockScope scope, Handler next);

    /// The one directive of a plug-in that stands in a block once.
    static Directive once(List<Directive> directives) {
        if (directives.size() > 1) {
            throw directives.get(1).invalid("can be there only once in a server block");
        }
        return directives.getFirst();
    }

    /// An option that is not there.
    static CorefileProblem unknown(Directive plugin, Line option) {
        return CorefileProblem.unknown(option.name().file(), option.name().line(), "option " + option.name().text()
                + " of plug-in " + plugin.name().text() + " is not there; take it out (docs/dns.md lists the others)");
    }

    /// The argument of an option that has exactly one.
    static String one(Line line) {
        if (line.arguments().size() != 1) {
            throw line.invalid("one argument is wanted");
        }
        return line.arguments().getFirst();
    }

    /// An option that has no argument.
    static void none(Line line) {
        if (!line.arguments().isEmpty()) {
            throw line.invalid("no argument is wanted");
        }
    }

    /// A whole number within bounds.
    static int number(Line line, String text, int least, int most) {
        try {
            int n = Integer.parseInt(text);
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            throw line.invalid("no number: " + text);
        }
        throw line.invalid(text + " is not within " + least + " and " + most);
    }

    /// A duration, as `15s`.
    static Duration duration(String text) {
        return text.equals("0") ? Duration.ZERO : Durations.parse(text);
    }
}
