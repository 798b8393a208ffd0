package io.k3j.apimachinery;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;

/// Values as Go's `fmt` prints them with `%v`, which upstream's messages of patches have: `map[image:x name:a]`. Names
/// stand sorted. Pure.
public final class GoPrint {
    /// The most characters of a value in a message; what follows is left out.
    public static final int MOST = 16_384;
    private final StringBuilder text = new StringBuilder();

    private GoPrint() {
    }

    /// A value as `%v` prints it, cut after [#MOST] characters.
    ///
    /// @param value a tree, as deep as JSON is read at most
    public static String value(Object value) {
        GoPrint print = new GoPrint();
        print.add(value);
        return print.text.length() <= MOST ? print.text.toString() : print.text.substring(0, MOST) + "...";
    }

    private void add(Object value) {
        switch (value) {
            case Struct s -> struct(s);
            case Seq s -> {
                text.append('[');
                for (int i = 0; i < s.size() && text.length() <= MOST; i++) {
                    text.append(i > 0 ? " " : "");
                    add(s.get(i));
                }
                text.append(']');
            }
            case Null n -> text.append("<nil>");
            case Double d when d == Math.rint(d) && Math.abs(d) < 1e15 -> text.append(d.longValue());
            default -> text.append(value);
        }
    }

    private void struct(Struct s) {
        String[] names = s.names().toArray(String[]::new);
        Arrays.sort(names);
        text.append("map[");
        for (int i = 0; i < names.length && text.length() <= MOST; i++) {
            text.append(i > 0 ? " " : "").append(names[i]).append(':');
            add(s.value(s.index(names[i])));
        }
        text.append(']');
    }
}
