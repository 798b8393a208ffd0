package io.k3j.testmachine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// On a test class, or a method, that needs packages of the operating system: where one is missing it is skipped, and
/// the report says which. The names are those of `packages.txt`; of a class and the one it extends the nearer counts.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(PackagesCondition.class)
public @interface NeedsPackages {
    /// Debian's names of the packages.
    String[] value();
}
