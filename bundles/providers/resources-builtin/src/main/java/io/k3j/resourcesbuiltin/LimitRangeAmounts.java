package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Quantity;
import io.k3j.corevalidation.ResourceTraits;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What one item of a LimitRange says of one resource. Pure.
record LimitRangeAmounts(String name, @Nullable Quantity min, @Nullable Quantity max, @Nullable Quantity byDefault,
        @Nullable Quantity request, @Nullable Quantity ratio) {

    /// The amounts of a resource, which are quantities.
    static LimitRangeAmounts of(Struct item, String name) {
        boolean pod = item.text("type").equals("Pod");
        return new LimitRangeAmounts(name, amount(item, "min", name), amount(item, "max", name),
                pod ? null : amount(item, "default", name), pod ? null : amount(item, "defaultRequest", name),
                amount(item, "maxLimitRequestRatio", name));
    }

    private static @Nullable Quantity amount(Struct item, String side, String name) {
        return item.struct(side).has(name) ? Quantity.of(item.struct(side).get(name)) : null;
    }

    /// Tells what contradicts itself.
    void check(Problems p) {
        if (above(min, max)) {
            p.at("min").key(name).invalid(text(min), "min value " + min + " is greater than max value " + max);
        }
        Problems requests = p.at("defaultRequest").key(name);
        if (above(min, request)) {
            requests.invalid(text(request), "min value " + min + " is greater than default request value " + request);
        }
        if (above(request, max)) {
            requests.invalid(text(request), "default request value " + request + " is greater than max value " + max);
        }
        if (above(request, byDefault)) {
            requests.invalid(text(request),
                    "default request value " + request + " is greater than default limit value " + byDefault);
        }
        if (above(min, byDefault)) {
            p.at("default").key(name).invalid(text(min),
                    "min value " + min + " is greater than default value " + byDefault);
        }
        if (above(byDefault, max)) {
            p.at("default").key(name).invalid(text(max),
                    "default value " + byDefault + " is greater than max value " + max);
        }
        checkRatio(p.at("maxLimitRequestRatio").key(name));
        if (!ResourceTraits.overcommitted(name) && byDefault != null && request != null
                && byDefault.compareTo(request) != 0) {
            requests.invalid(text(request), "default value " + byDefault + " must equal to defaultRequest value "
                    + request + " in " + name);
        }
    }

    private void checkRatio(Problems p) {
        if (ratio == null) {
            return;
        }
        if (ratio.compareTo(Quantity.of(1)) < 0) {
            p.invalid(ratio.toString(), "ratio " + ratio + " is less than 1");
        }
        if (min != null && max != null && min.signum() != 0) {
            BigDecimal most = max.amount().divide(min.amount(), MathContext.DECIMAL64);
            if (ratio.amount().compareTo(most) > 0) {
                p.invalid(ratio.toString(), "ratio " + ratio + " is greater than max/min = "
                        + String.format(Locale.ROOT, "%f", most));
            }
        }
    }

    private static boolean above(@Nullable Quantity one, @Nullable Quantity other) {
        return one != null && other != null && one.compareTo(other) > 0;
    }

    private static String text(@Nullable Quantity amount) {
        return String.valueOf(amount);
    }
}
