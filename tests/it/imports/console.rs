//! Imports at the console.

use super::{SHORT, counts, grower, products, short, workbook};
use crate::program::{ended, on, refused, said};
use serde_json::json;

on_both! {
    async fn a_file_is_imported_at_the_console_and_its_wrong_rows_are_named(app) {
        let (seller, ..) = grower(app).await;
        let (org, by) = (seller.org_id, seller.email.clone());
        let code = app.read(move |read| yigou::identity::organisation(read, org)).await.unwrap().uscc.unwrap().to_string();
        let path = app.folder().join("products.xlsx");
        std::fs::write(&path, workbook(&SHORT, &[short("滩羊"), short("枸杞"), short("滩羊")])).unwrap();
        let import = |mode: &str, by: &str| {
            let mut command = on(app);
            command.args(["import", "products"]).arg(&path).args(["--organisation", &code, "--mode", mode, "--by", by]);
            command
        };
        let none = ended(&mut import("all_or_nothing", &by), "");
        assert_eq!(none.status.code(), Some(1), "{}", said(&none));
        assert!(said(&none).contains("A4 产品名称 [duplicate]: 与第 2 行重复") && said(&none).contains("0 已导入"), "{}", said(&none));
        assert_eq!(products(app, &seller).await, 0);
        let good = ended(&mut import("good_rows_only", &by), "");
        assert!(said(&good).contains("3 行 / rows: 2 正确 / good, 1 错误 / wrong, 2 已导入 / imported"), "{}", said(&good));
        assert_eq!(products(app, &seller).await, 2);
        let listed = seller.get("/api/v1/imports").expect(200).await;
        let last = seller.get(&format!("/api/v1/imports/{}", listed.str("/items/0/id"))).expect(200).await;
        assert_eq!((counts(&last), &listed.json()["items"][1]["state"]), ([2, 1, 2, 0], &json!("failed")));
        // Only who may import there, and only with both named.
        let stranger = app.new_person(yigou::kernel::actor::OrgKind::Cooperative, "640323", &[yigou::kernel::actor::Role::Seller]).await;
        refused(&mut import("good_rows_only", &stranger.email), "");
        assert!(refused(&mut import("good_rows_only", "nobody@yigou.example"), "").contains("nobody@yigou.example"));
        assert!(refused(on(app).args(["import", "products"]).arg(&path), "").contains("--organisation"));
        assert!(refused(on(app).args(["import", "suppliers"]).arg(&path), "").contains("--by"));
        app.clock.set_day("2100-01-01");
    }
}
